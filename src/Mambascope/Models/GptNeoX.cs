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
public sealed class GptNeoX : ILanguageModel
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
    public LayerKinds LayerKinds => LayerKinds.Attention;

    /// <inheritdoc/>
    public int VocabularySize => Config.VocabularySize;

    /// <inheritdoc/>
    public int Width => Config.Width;

    /// <inheritdoc/>
    public int Depth => Config.Depth;

    /// <inheritdoc/>
    public int Branches => 2 * Config.Depth;

    /// <inheritdoc/>
    public IEnumerable<Weight> AllWeights => Weights.All;

    /// <inheritdoc/>
    public Trace<T> Forward<T>(Tape<T> tape, TokenBatch tokens, ScorePositions? positions = null, IReadOnlyList<Knockout>? knockouts = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = tape.Mark();
        var cuts = LanguageHead.Check(tape, knockouts, tokens.Length, Depth);
        return Encode(tape, mark, tape.Embed(tokens, Weights.Embedding), LanguageHead.Of(positions, tokens.Lengths), state: null, cuts);
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
        return Encode(tape, mark, tape.Input(tokens), LanguageHead.Of(positions, LanguageHead.Lengths(tokens)));
    }

    /// <inheritdoc/>
    public LanguageState<T> NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new([.. Weights.Blocks.Select(_ => new AttentionLayerState<T>(new(Config.Width)))]);

    /// <inheritdoc/>
    public Trace<T> Continue<T>(Tape<T> tape, LanguageState<T> state, IReadOnlyList<int> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (mark, batch) = (tape.Mark(), TokenBatch.Of(tokens));
        var scored = LanguageHead.Of(positions, batch.Lengths);
        var trace = Encode(tape, mark, tape.Embed(batch, Weights.Embedding), scored, state);
        state.Position += tokens.Count;
        return trace;
    }

    private Trace<T> Encode<T>(Tape<T> tape, int mark, Value<T> tokens, int[][] scored, LanguageState<T>? state = null, IReadOnlyList<Knockout>? knockouts = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var r = tokens;
        var angles = new RotaryAngles<T>(Config.Heads, Config.RotatedChannels, Config.RotaryBase, first: state?.Position ?? 0, tokens.Data.Length);
        var layers = new List<LayerTrace<T>>();
        for (var layer = 0; layer < Weights.Blocks.Count; layer++)
        {
            var w = Weights.Blocks[layer];
            var (attention, trace) = Attention(tape, r, w, angles, state?.Layers[layer] as AttentionLayerState<T>, knockouts.In(layer));
            var attended = tape.Sum(r, attention);
            r = tape.Sum(attended, Mlp(tape, Config.IsParallel ? r : attended, w));
            tape.Release(mark, keep: r);
            if (tape.IsRecording)
            {
                layers.Add(trace!);
            }
        }

        // The norm acts on each token alone, so only the tokens that are scored are normalised.
        var norm = tape.LayerNorm(tape.SelectTokens(r, scored), Weights.FinalNorm, Weights.FinalNormBias, Config.NormEpsilon);
        var logits = tape.Linear(norm, Weights.Head); // (B, scored, vocabulary)
        return new(tape, tokens, tokens, layers, logits, scored, grid: null);
    }

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
