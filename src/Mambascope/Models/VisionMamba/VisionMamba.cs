using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

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
public sealed partial class VisionMamba : IVisionModel
{
    private readonly ScanOrder forward;
    private readonly ScanOrder backward;

    /// <summary>Builds the model around its weights.</summary>
    public VisionMamba(VisionMambaConfig config, VisionMambaWeights weights)
    {
        Config = config;
        Weights = weights;
        forward = ScanOrder.Forward(config.Length);
        backward = ScanOrder.Reverse(config.Length);
        Grid = new(config.Channels, config.ImageSize, config.ImageSize, config.PatchSize, config.Stride);
    }

    /// <summary>Sizes.</summary>
    public VisionMambaConfig Config { get; }

    /// <summary>Weights.</summary>
    public VisionMambaWeights Weights { get; }

    /// <inheritdoc/>
    public LayerKinds LayerKinds => LayerKinds.Mamba;

    /// <inheritdoc/>
    public PatchGrid Grid { get; }

    /// <inheritdoc/>
    public int Classes => Config.Classes;

    /// <inheritdoc/>
    public int Depth => Config.Depth;

    /// <inheritdoc/>
    public int Branches => Config.Depth;

    /// <inheritdoc/>
    public IEnumerable<Weight> AllWeights => Weights.All;

    /// <inheritdoc/>
    public Trace<T> Forward<T>(Tape<T> tape, Activation<T> pixels, Func<int, float[]>? dropPath = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = tape.Mark();
        var input = tape.Input(pixels);
        var w = Weights;
        var tokens = tape.PatchTokens(input, Grid, w.PatchProjection, w.PatchBias, w.ClassToken, Config.ClassTokenIndex, w.Positions); // (B, L, d)
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
            var trace = Mixer(tape, r, Weights.Blocks[layer]);
            var output = dropPath is null ? trace.MixerOutput : tape.ItemScale(trace.MixerOutput, dropPath(layer));
            r = tape.Sum(r, output);
            tape.Release(mark, keep: r);
            if (tape.IsRecording)
            {
                layers.Add(trace);
            }
        }

        var logits = tape.Linear(Pool(tape, r), Weights.Head, Weights.HeadBias); // (B, 1, classes)
        return new(tape, input, tokens, layers, logits, Config.ClassTokenIndex, Grid);
    }

    // out = out_proj( (y_f + D_f u_f + y_b + D_b u_b) ⊙ silu(z) / 2 ), x and z from in_proj(norm(r))
    private MambaLayerTrace<T> Mixer<T>(Tape<T> tape, Value<T> r, VisionMambaBlockWeights w)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var E = Config.InnerWidth;
        var xz = tape.Linear(tape.RmsNorm(r, w.Norm, Config.NormEpsilon), w.InProj); // (B, L, 2E)
        var x = xz.Columns(0, E);
        var z = xz.Columns(E, E);
        var f = Scan(tape, x, w.Forward, forward);
        var b = Scan(tape, x, w.Backward, backward);
        var y = tape.SkipConnection(new SkippedScan<T>(f.Y, f.D, f.U), new SkippedScan<T>(b.Y, b.D, b.U)); // (B, L, E)
        var scale = Config.HalveDirections ? 0.5f : 1;
        var gated = tape.Product(y, tape.Silu(z), scale); // (B, L, E)
        var output = tape.Linear(gated, w.OutProj); // (B, L, d)
        return new(r, x, z, [f, b], scale, y, gated, output);
    }

    // One direction: conv, SiLU, projections to Δ, B, C, scan.
    private DirectionTrace<T> Scan<T>(Tape<T> tape, Value<T> x, DirectionWeights w, ScanOrder order)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (R, N) = (Config.DtRank, Config.StateSize);
        var p = tape.CausalConv1d(x, w.Conv, w.ConvBias, order); // (B, L, E)
        var u = tape.Silu(p);
        var projected = tape.Linear(u, w.XProj); // (B, L, R + 2N)
        var delta = tape.Softplus(tape.Linear(projected.Columns(0, R), w.DtProj, w.DtBias)); // (B, L, E)
        var B = projected.Columns(R, N);
        var C = projected.Columns(R + N, N);
        var y = tape.SelectiveScan(u, delta, w.ALog, B, C, order); // (B, L, E)
        return new(order, w.Conv, w.ConvBias, w.ALog, w.D, p, u, delta, B, C, y);
    }

    // The norm acts on each token alone, so a class token is picked first and normalised alone.
    private Value<T> Pool<T>(Tape<T> tape, Value<T> r)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Config.ClassTokenIndex >= 0
            ? tape.RmsNorm(tape.PoolTokens(r, Config.ClassTokenIndex), Weights.FinalNorm, Config.NormEpsilon)
            : tape.PoolTokens(tape.RmsNorm(r, Weights.FinalNorm, Config.NormEpsilon), token: -1);
}
