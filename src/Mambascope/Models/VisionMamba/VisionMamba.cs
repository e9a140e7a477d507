using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Vision Mamba (Vim; Zhu et al. 2024, arXiv 2401.09417), bidirectional mixer "v2", as in hustvl/Vim models_mamba.py and its
/// mamba_simple.py. Only a forward pass: the tape gives gradients, the trace gives every quantity that is explained.
/// <code>
/// B batch    M patches   L tokens = M + 1 with a class token
/// d width of the residual stream         E inner width (2d)     N states a channel     K conv taps     R rank of the step size
/// r residual stream (B, L, d)            x, z branches of in_proj (B, L, E)
/// p conv output, u = silu(p) scan input  Δ step size, B, C coefficients of the scan     y scan output
/// </code>
/// </summary>
public sealed partial class VisionMamba : VisionModel
{
    /// <summary>Builds the model around its weights.</summary>
    internal VisionMamba(VisionMambaConfig config, VisionMambaWeights weights)
        : base(
            Layers(config, weights),
            new(config.Channels, config.ImageSize, config.ImageSize, config.PatchSize, config.Stride),
            config.ClassTokenIndex >= 0 ? config.ClassTokenIndex : null)
    {
        Config = config;
        Weights = weights;
    }

    /// <summary>Sizes.</summary>
    public VisionMambaConfig Config { get; }

    /// <summary>Weights.</summary>
    internal VisionMambaWeights Weights { get; }

    /// <inheritdoc/>
    public override int Classes => Config.Classes;

    /// <inheritdoc/>
    public override IEnumerable<Weight> AllWeights => Weights.All;

    private protected override Value<T> Embed<T>(Tape<T> tape, Value<T> pixels)
        => tape.PatchTokens(
            // (B, L, d).
            pixels, Grid, Weights.PatchProjection, Weights.PatchBias, Weights.ClassToken, Config.ClassTokenIndex, Weights.Positions);

    private protected override Value<T> Score<T>(Tape<T> tape, Value<T> stream)
    {
        // The norm acts on each token alone, so a class token is picked first and normalised alone.
        var read = ClassToken is { } token
            ? tape.RmsNorm(tape.PoolTokens(stream, token), Weights.FinalNorm, Config.NormEpsilon)
            : tape.PoolTokens(tape.RmsNorm(stream, Weights.FinalNorm, Config.NormEpsilon), token: -1);
        return tape.Linear(read, Weights.Head, Weights.HeadBias);
    }

    // out = out_proj( (y_f + D_f u_f + y_b + D_b u_b) ⊙ silu(z) / 2 ), x and z from in_proj(norm(r))
    private static Backbone Layers(VisionMambaConfig config, VisionMambaWeights weights)
        => new(weights.Blocks.Select(w => (IReadOnlyList<ResidualBranch>)
        [
            new(new Norm(w.Norm, Bias: null, config.NormEpsilon), new S6Mixer(
                w.InProj,
                inBias: null,
                [Scan(w.Forward, isReversed: false), Scan(w.Backward, isReversed: true)],
                w.OutProj,
                outBias: null,
                config.HalveDirections ? 0.5f : 1)),
        ]));

    private static S6Scan Scan(DirectionWeights w, bool isReversed)
        => new(w.Conv, w.ConvBias, w.XProj, w.DtProj, w.DtBias, w.ALog, w.D, isReversed);
}
