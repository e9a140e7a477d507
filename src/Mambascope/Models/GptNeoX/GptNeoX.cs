using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>
/// GPT-NeoX language model (Black et al. 2022, arXiv 2204.06745; Pythia: Biderman et al. 2023), as in Hugging Face's modeling_gpt_neox.py:
/// the transformer that Mamba is compared with. Only a forward pass: the tape gives gradients, the trace gives every quantity that is explained.
/// <code>
/// B batch    L tokens    d width    H heads of dh = d / H channels, the first rot of which turn with the position    m width of the MLP
/// r residual stream (B, L, d)     q, k, v (B, L, d)     A causal attention (B, H L, L)
/// a = dense( A v )( LN1(r) ),  A = softmax(q kᵀ / sqrt(dh));   parallel: r = r + a + mlp( LN2(r) );   else r = r + a, r = r + mlp( LN2(r) )
/// mlp = 4h_to_h( gelu( h_to_4h ) );   logits = embed_out( LN(r) )
/// </code>
/// </summary>
public sealed partial class GptNeoX : LanguageModel
{
    private const int Kinds = 3; // q, k, v

    /// <summary>Builds the model around its weights.</summary>
    public GptNeoX(GptNeoXConfig config, GptNeoXWeights weights)
    {
        Config = config;
        Weights = weights;
    }

    /// <summary>Sizes.</summary>
    public GptNeoXConfig Config { get; }

    /// <summary>Weights.</summary>
    public GptNeoXWeights Weights { get; }

    /// <inheritdoc/>
    public override LayerKinds LayerKinds => LayerKinds.Attention;

    /// <inheritdoc/>
    public override int VocabularySize => Config.VocabularySize;

    /// <inheritdoc/>
    public override int Width => Config.Width;

    /// <inheritdoc/>
    public override int Depth => Config.Depth;

    /// <inheritdoc/>
    public override int Branches => 2 * Config.Depth;

    /// <inheritdoc/>
    public override IEnumerable<Weight> AllWeights => Weights.All;

    private protected override Weight EmbeddingTable => Weights.Embedding;

    private protected override Weight HeadTable => Weights.Head;

    /// <inheritdoc/>
    public override LanguageState<T> NewState<T>()
        => new([.. Weights.Blocks.Select(_ => new AttentionLayerState<T>(new(Config.Width)))]);

    private protected override Block<T> Blocks<T>(Tape<T> tape, int length, int first)
    {
        var angles = new RotaryAngles<T>(Config.Heads, Config.RotatedChannels, Config.RotaryBase, first, length);
        return (r, layer, state, cuts) =>
        {
            var w = Weights.Blocks[layer];
            var (attention, trace) = Attention(tape, r, w, angles, state as AttentionLayerState<T>, cuts);
            var attended = tape.Sum(r, attention);
            return (tape.Sum(attended, Mlp(tape, Config.IsParallel ? r : attended, w)), trace);
        };
    }

    private protected override Value<T> FinalNorm<T>(Tape<T> tape, Value<T> stream) => tape.LayerNorm(stream, Weights.FinalNorm, Weights.FinalNormBias, Config.NormEpsilon);

    // dense( A v ), A = softmax(q kᵀ / sqrt(dh)) over earlier tokens, q, k and v from LN1(r), q and k turned by their positions
    private (Value<T> Output, AttentionLayerTrace<T>? Trace) Attention<T>(Tape<T> tape, Value<T> r, GptNeoXBlockWeights w, RotaryAngles<T> angles, AttentionLayerState<T>? state, IReadOnlyList<Knockout> cuts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (d, H) = (Config.Width, Config.Heads);
        var qkv = tape.Linear(tape.LayerNorm(r, w.Norm1, w.Norm1Bias, Config.NormEpsilon), w.Qkv, w.QkvBias); // (B, L, 3d), head after head
        var byKind = tape.GroupHeads(qkv, H, Kinds);
        var q = tape.Rotary(byKind.Columns(0, d), angles);
        var k = tape.Rotary(byKind.Columns(d, d), angles);
        var v = byKind.Columns(2 * d, d);
        if (state is not null)
        {
            return (tape.Linear(tape.CachedAttention(q, k, v, H, state.Cache), w.Projection, w.ProjectionBias), null);
        }

        var A = tape.AttentionProbabilities(q, k, H, isCausal: true); // (B, H L, L)
        foreach (var cut in cuts)
        {
            EdgeCut.Softmax(cut.Sources, cut.Cuts, A.Data);
        }

        var output = tape.Linear(tape.AttentionMix(A, v, H), w.Projection, w.ProjectionBias); // (B, L, d)
        return (output, new(r, H, q, k, v, A, output));
    }

    // 4h_to_h( gelu( h_to_4h( LN2(r) ) ) )
    private Value<T> Mlp<T>(Tape<T> tape, Value<T> r, GptNeoXBlockWeights w)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var hidden = tape.Linear(tape.LayerNorm(r, w.Norm2, w.Norm2Bias, Config.NormEpsilon), w.Fc1, w.Fc1Bias); // (B, L, m)
        return tape.Linear(tape.Gelu(hidden), w.Fc2, w.Fc2Bias); // (B, L, d)
    }
}
