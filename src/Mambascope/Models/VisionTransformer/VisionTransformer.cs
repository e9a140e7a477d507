using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>
/// Vision transformer (ViT; Dosovitskiy et al. 2021; DeiT; Touvron et al. 2021), pre-norm, as in timm's vision_transformer.py. Only a
/// forward pass: the tape gives gradients, the trace gives every quantity that is explained.
/// <code>
/// B batch    M patches   L tokens = M + 1, the class token first     d width    H heads of dh = d / H channels    m width of the MLP
/// r residual stream (B, L, d)     q, k, v (B, L, d)     A attention (B, H L, L)
/// r = r + proj( A v )( LN1(r) ),  A = softmax(q kᵀ / sqrt(dh));   r = r + fc2( gelu( fc1( LN2(r) ) ) );   logits = head( LN(r)[0] )
/// </code>
/// </summary>
public sealed partial class VisionTransformer : IVisionModel
{
    private const int ClassTokenIndex = 0;

    /// <summary>Builds the model around its weights.</summary>
    public VisionTransformer(VisionTransformerConfig config, VisionTransformerWeights weights)
    {
        Config = config;
        Weights = weights;
        Grid = new(config.Channels, config.ImageSize, config.ImageSize, config.PatchSize, config.PatchSize);
    }

    /// <summary>Sizes.</summary>
    public VisionTransformerConfig Config { get; }

    /// <summary>Weights.</summary>
    public VisionTransformerWeights Weights { get; }

    /// <inheritdoc/>
    public LayerKinds LayerKinds => LayerKinds.Attention;

    /// <inheritdoc/>
    public PatchGrid Grid { get; }

    /// <inheritdoc/>
    public int Classes => Config.Classes;

    /// <inheritdoc/>
    public int Depth => Config.Depth;

    /// <inheritdoc/>
    public int Branches => 2 * Config.Depth;

    /// <inheritdoc/>
    public IEnumerable<Weight> AllWeights => Weights.All;

    /// <inheritdoc/>
    public Trace<T> Forward<T>(Tape<T> tape, Activation<T> pixels, Func<int, float[]>? dropPath = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = tape.Mark();
        var input = tape.Input(pixels);
        var w = Weights;
        var tokens = tape.PatchTokens(input, Grid, w.PatchProjection, w.PatchBias, w.ClassToken, ClassTokenIndex, w.Positions); // (B, L, d)
        return Encode(tape, mark, input, tokens, dropPath);
    }

    /// <inheritdoc/>
    public Trace<T> ForwardInput<T>(Tape<T> tape, Activation<T> input, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Forward(tape, input);

    /// <inheritdoc/>
    public Trace<T> ForwardTokens<T>(Tape<T> tape, Activation<T> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = tape.Mark();
        var input = tape.Input(tokens);
        return Encode(tape, mark, input, input, dropPath: null);
    }

    private Trace<T> Encode<T>(Tape<T> tape, int mark, Value<T> input, Value<T> tokens, Func<int, float[]>? dropPath)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var r = tokens;
        var layers = new List<LayerTrace<T>>();
        for (var layer = 0; layer < Weights.Blocks.Count; layer++)
        {
            var w = Weights.Blocks[layer];
            var trace = Attention(tape, r, w);
            r = Add(r, trace.MixerOutput, 2 * layer);
            r = Add(r, Mlp(tape, r, w), (2 * layer) + 1);
            tape.Release(mark, keep: r);
            if (tape.IsRecording)
            {
                layers.Add(trace);
            }
        }

        // All tokens are normalised and one is picked, in the order of the released code: relevance rules see the same operators.
        var norm = tape.LayerNorm(r, Weights.FinalNorm, Weights.FinalNormBias, Config.NormEpsilon);
        var logits = tape.Linear(tape.PoolTokens(norm, ClassTokenIndex), Weights.Head, Weights.HeadBias); // (B, 1, classes)
        return new(tape, input, tokens, layers, logits, ClassTokenIndex, Grid);

        Value<T> Add(Value<T> stream, Value<T> output, int branch)
            => tape.Sum(stream, dropPath is null ? output : tape.ItemScale(output, dropPath(branch)));
    }

    // proj( A v ), A = softmax(q kᵀ / sqrt(dh)), q, k and v from LN1(r)
    private AttentionLayerTrace<T> Attention<T>(Tape<T> tape, Value<T> r, VisionTransformerBlockWeights w)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (d, H) = (Config.Width, Config.Heads);
        var qkv = tape.Linear(tape.LayerNorm(r, w.Norm1, w.Norm1Bias, Config.NormEpsilon), w.Qkv, w.QkvBias); // (B, L, 3d)
        var (q, k, v) = (qkv.Columns(0, d), qkv.Columns(d, d), qkv.Columns(2 * d, d));
        var A = tape.AttentionProbabilities(q, k, H); // (B, H L, L)
        var output = tape.Linear(tape.AttentionMix(A, v, H), w.Projection, w.ProjectionBias); // (B, L, d)
        return new(r, H, q, k, v, A, output);
    }

    // fc2( gelu( fc1( LN2(r) ) ) )
    private Value<T> Mlp<T>(Tape<T> tape, Value<T> r, VisionTransformerBlockWeights w)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var hidden = tape.Linear(tape.LayerNorm(r, w.Norm2, w.Norm2Bias, Config.NormEpsilon), w.Fc1, w.Fc1Bias); // (B, L, m)
        return tape.Linear(tape.Gelu(hidden), w.Fc2, w.Fc2Bias); // (B, L, d)
    }
}
