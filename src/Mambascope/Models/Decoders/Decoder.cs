using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// A language model whose blocks each have a list of mixers (Mamba, Mamba-2, softmax attention; one, or several side by side) and an MLP or
/// experts: hybrids (Falcon-H1, Granite, Bamba, Nemotron-H, Jamba) and, with the same parts, transformers (Llama, Qwen2, GPT-2). Families
/// differ in a table only, <see cref="DecoderShape"/>.
/// <code>
/// r = m_emb embedding[id]                                    (B, L, d)
/// for each branch of each block:   r = r + m_res Σ m_out part( m_in norm(r) )
/// logits = m_head head( norm(r) )
/// </code>
/// </summary>
internal sealed partial class Decoder : LanguageModel
{
    private readonly DecoderShape shape;
    private readonly DecoderWeights weights;

    /// <summary>Asks a source for every weight that a model of this shape has.</summary>
    public Decoder(DecoderShape shape, WeightSource source) : this(shape, new DecoderWeights(shape, source)) { }

    private Decoder(DecoderShape shape, DecoderWeights weights) : base(weights.Layers, weights.FinalNorm)
        => (this.shape, this.weights) = (shape, weights);

    /// <inheritdoc/>
    public override int VocabularySize => shape.VocabularySize;

    /// <inheritdoc/>
    public override int Width => shape.Width;

    /// <inheritdoc/>
    public override IEnumerable<Weight> AllWeights => weights.All;

    /// <inheritdoc/>
    protected override Weight EmbeddingTable => weights.Embedding;

    /// <inheritdoc/>
    protected override Weight HeadTable => weights.Head;

    /// <inheritdoc/>
    private protected override double HeadFactor => shape.HeadFactor;

    /// <inheritdoc/>
    public override ILanguageModel With(WeightSource source) => new Decoder(shape, source);

    /// <inheritdoc/>
    private protected override Value<T> Prepared<T>(Tape<T> tape, Value<T> embedded, int first)
    {
        var (batch, length) = (embedded.Data.Batch, embedded.Data.Length);
        if (shape.Limit is { } limit && first + length > limit.Tokens)
        {
            throw new BadInputException(
                $"the text has {first + length} tokens, and the model reads {limit.Tokens} at most ({limit.Setting} in its config.json)");
        }

        var scaled = tape.Scale(embedded, shape.EmbeddingFactor);
        if (weights.Positions is null)
        {
            return scaled;
        }

        int[] positions = [.. Enumerable.Repeat(Enumerable.Range(first, length), batch).SelectMany(item => item)];
        return tape.Sum(scaled, tape.Embedding(positions, batch, weights.Positions));
    }
}
