using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>
/// What all language models share: tokens become vectors (B, L, d), blocks read the residual stream and add to it, a norm and a head turn
/// the scored tokens into logits. A model states its blocks; how they are run, recorded, cut and continued stands here once.
/// </summary>
public abstract class LanguageModel : ILanguageModel
{
    private protected LanguageModel()
    {
    }

    /// <summary>Runs one block: the residual stream before it becomes the one behind it; what is explained of it, unless it ran on from a state that cannot be.</summary>
    private protected delegate (Value<T> Stream, LayerTrace<T>? Trace) Block<T>(Value<T> stream, int layer, LayerState<T>? state, IReadOnlyList<Knockout> cuts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <inheritdoc/>
    public abstract LayerKinds LayerKinds { get; }

    /// <inheritdoc/>
    public abstract ModelFacts Facts { get; }

    /// <inheritdoc/>
    public abstract ModelWork Work { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyDictionary<string, object> Settings { get; }

    /// <inheritdoc/>
    public abstract int VocabularySize { get; }

    /// <inheritdoc/>
    public abstract int Width { get; }

    /// <inheritdoc/>
    public abstract int Depth { get; }

    /// <inheritdoc/>
    public abstract int Branches { get; }

    /// <inheritdoc/>
    public abstract IEnumerable<Weight> AllWeights { get; }

    /// <summary>(vocabulary, d).</summary>
    private protected abstract Weight EmbeddingTable { get; }

    /// <summary>(vocabulary, d); the embedding itself where they are tied.</summary>
    private protected abstract Weight HeadTable { get; }

    /// <summary>Bytes of weights that one token needs: all but an embedding that is not the head as well.</summary>
    private protected long BytesPerToken => WeightTotals.Of(AllWeights.Where(weight => weight != EmbeddingTable || weight == HeadTable)).Bytes;

    /// <inheritdoc/>
    public abstract ILanguageModel With(WeightSource weights);

    /// <inheritdoc/>
    public Trace<T> Forward<T>(Tape<T> tape, TokenBatch tokens, ScorePositions? positions = null, IReadOnlyList<Knockout>? knockouts = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = tape.Mark();
        var cuts = LanguageHead.Check(tape, knockouts, tokens.Length, Depth);
        return Run(tape, mark, tape.Embed(tokens, EmbeddingTable), LanguageHead.Of(positions, tokens.Lengths), state: null, cuts);
    }

    /// <inheritdoc/>
    public Trace<T> ForwardInput<T>(Tape<T> tape, Activation<T> input, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => ForwardTokens(tape, input, positions);

    /// <inheritdoc/>
    public Trace<T> ForwardTokens<T>(Tape<T> tape, Activation<T> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = tape.Mark();
        return Run(tape, mark, tape.Input(tokens), LanguageHead.Of(positions, LanguageHead.Lengths(tokens)), state: null, knockouts: null);
    }

    /// <inheritdoc/>
    public abstract LanguageState<T> NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <inheritdoc/>
    public Trace<T> Continue<T>(Tape<T> tape, LanguageState<T> state, IReadOnlyList<int> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (mark, batch) = (tape.Mark(), TokenBatch.Of(tokens));
        var scored = LanguageHead.Of(positions, batch.Lengths);
        var trace = Run(tape, mark, tape.Embed(batch, EmbeddingTable), scored, state, knockouts: null);
        state.Position += tokens.Count;
        return trace;
    }

    /// <summary>The model's blocks for a run of so many tokens, the first of which stands at a position of the whole text.</summary>
    private protected abstract Block<T> Blocks<T>(Tape<T> tape, int length, int first)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The norm before the head.</summary>
    private protected abstract Value<T> FinalNorm<T>(Tape<T> tape, Value<T> stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    private Trace<T> Run<T>(Tape<T> tape, int mark, Value<T> tokens, int[][] scored, LanguageState<T>? state, IReadOnlyList<Knockout>? knockouts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var r = tokens;
        var block = Blocks(tape, tokens.Data.Length, state?.Position ?? 0);
        var layers = new List<LayerTrace<T>>();
        for (var layer = 0; layer < Depth; layer++)
        {
            (r, var trace) = block(r, layer, state?.Layers[layer], knockouts.In(layer));
            tape.Release(mark, keep: r);
            if (tape.IsRecording)
            {
                layers.Add(trace!);
            }
        }

        // The norm acts on each token alone, so only the tokens that are scored are normalised.
        var logits = tape.Linear(FinalNorm(tape, tape.SelectTokens(r, scored)), HeadTable); // (B, scored, vocabulary)
        return new(tape, tokens, tokens, layers, logits, scored, grid: null);
    }
}
