using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;

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
public sealed partial class VisionTransformer : VisionModel
{
    private const int ClassTokenIndex = 0;

    /// <summary>Builds the model around its weights.</summary>
    internal VisionTransformer(VisionTransformerConfig config, VisionTransformerWeights weights)
        : base(
            Layers(config, weights),
            new(config.Channels, config.ImageSize, config.ImageSize, config.PatchSize, config.PatchSize),
            ClassTokenIndex)
    {
        Config = config;
        Weights = weights;
    }

    /// <summary>Sizes.</summary>
    public VisionTransformerConfig Config { get; }

    /// <summary>Weights.</summary>
    internal VisionTransformerWeights Weights { get; }

    /// <inheritdoc/>
    public override int Classes => Config.Classes;

    /// <inheritdoc/>
    public override IEnumerable<Weight> AllWeights => Weights.All;

    private protected override Value<T> Embed<T>(Tape<T> tape, Value<T> pixels)
        => tape.PatchTokens(
            pixels, Grid, Weights.PatchProjection, Weights.PatchBias, Weights.ClassToken, ClassTokenIndex, Weights.Positions); // (B, L, d)

    private protected override Value<T> Score<T>(Tape<T> tape, Value<T> stream)
    {
        // All tokens are normalised and one is picked, in the order of the released code: relevance rules see the same operators.
        var norm = tape.LayerNorm(stream, Weights.FinalNorm, Weights.FinalNormBias, Config.NormEpsilon);
        return tape.Linear(tape.PoolTokens(norm, ClassTokenIndex), Weights.Head, Weights.HeadBias);
    }

    private static Backbone Layers(VisionTransformerConfig config, VisionTransformerWeights weights)
        => new(weights.Blocks.Select(w => (IReadOnlyList<ResidualBranch>)
        [
            new(new Norm(w.Norm1, w.Norm1Bias, config.NormEpsilon), new SoftmaxMixer(
                new(w.Qkv, w.QkvBias, w.Projection, w.ProjectionBias), config.Heads, QkvLayout.ByKind, isCausal: false)),
            new(new Norm(w.Norm2, w.Norm2Bias, config.NormEpsilon), new Mlp(w.Fc1, w.Fc1Bias, w.Fc2, w.Fc2Bias)),
        ]));
}
