using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>
/// Weights of an <see cref="Ss2dMixer"/>, by the names and shapes of the released checkpoints; K scans, one below the other.
/// </summary>
/// <param name="InProj">in_proj (2E, d): rows for x, then for z; (E, d) without a gate.</param>
/// <param name="Conv">conv2d (E, 1, 3, 3).</param>
/// <param name="ConvBias">(E), if any.</param>
/// <param name="XProj">x_proj_weight (K, R + 2N, E): rows for the low-rank step size, B and C.</param>
/// <param name="DtProj">dt_projs_weight (K, E, R).</param>
/// <param name="DtBias">dt_projs_bias (K, E).</param>
/// <param name="ALog">A_logs (K E, N).</param>
/// <param name="D">Ds (K E), the skips.</param>
/// <param name="Norm">out_norm, a layer norm over E channels.</param>
/// <param name="OutProj">out_proj (d, E).</param>
internal sealed record Ss2dWeights(
    Weight InProj, Weight Conv, Weight? ConvBias, Weight XProj, Weight DtProj, Weight DtBias, Weight ALog, Weight D, Norm Norm,
    Weight OutProj)
{
    /// <summary>Takes them from a source under the names of the released checkpoints, in the order of the forward pass.</summary>
    /// <param name="source">Where weights come from.</param>
    /// <param name="at">What stands before the names.</param>
    /// <param name="d">Width in and out.</param>
    /// <param name="E">Channels of the scans.</param>
    /// <param name="R">Rank of the step size.</param>
    /// <param name="N">State of a channel.</param>
    /// <param name="hasGate">Whether in_proj has rows for z.</param>
    /// <param name="hasConvBias">Whether conv2d has a bias.</param>
    /// <param name="epsilon">Of out_norm.</param>
    internal static Ss2dWeights Of(
        WeightSource source, string at, int d, int E, int R, int N, bool hasGate, bool hasConvBias, float epsilon)
    {
        const int K = Ss2dMixer.Paths;
        return new(
            source(at + "in_proj.weight", [hasGate ? 2 * E : E, d]),
            source(at + "conv2d.weight", [E, 1, 3, 3]),
            hasConvBias ? source(at + "conv2d.bias", [E]) : null,
            source(at + "x_proj_weight", [K, R + (2 * N), E]),
            source(at + "dt_projs_weight", [K, E, R]),
            source(at + "dt_projs_bias", [K, E]),
            source(at + "A_logs", [K * E, N]),
            source(at + "Ds", [K * E]),
            new(source(at + "out_norm.weight", [E]), source(at + "out_norm.bias", [E]), epsilon),
            source(at + "out_proj.weight", [d, E]));
    }
}

/// <summary>
/// The scan over a picture of VMamba (Liu et al. 2024, arXiv 2401.10166), SS2D: four selective scans over one grid of tokens, row by row
/// and column by column, forwards and backwards.
/// <code>
/// x, z = in_proj(r) (B, L, E)        p = conv2d(x),  u = silu(p)
/// for each path k:  [δ B C] = x_proj_k(u),  Δ = softplus(dt_k(δ)),  y_k = scan(u, Δ, A_k, B, C) along the path
/// m = Σ (y_k + D_k u),   out = out_proj( norm(m) ⊙ silu(z) ),  without the last factor where there is no gate
/// </code>
/// The paths are orders of the same tokens: nothing is turned or flipped.
/// </summary>
internal sealed class Ss2dMixer : IMixer
{
    /// <summary>Scans of a mixer, K: rows, columns, rows backwards, columns backwards.</summary>
    public const int Paths = 4;

    private readonly Ss2dWeights w;
    private readonly int innerWidth;
    private readonly Weight xProj;
    private readonly PathWeights[] paths;

    /// <summary>Takes the weights apart by paths.</summary>
    public Ss2dMixer(Ss2dWeights weights)
    {
        w = weights;
        var (E, N, R) = (w.OutProj.Columns, w.ALog.Columns, w.DtProj.Shape[2]);
        innerWidth = E;
        xProj = w.XProj.Part(0, Paths * (R + (2 * N)), E);
        paths = [.. Enumerable.Range(0, Paths).Select(k => new PathWeights(
            w.DtProj.Part(k * E * R, E, R), w.DtBias.Part(k * E, E), w.ALog.Part(k * E * N, E, N), w.D.Part(k * E, E)))];
    }

    /// <inheritdoc/>
    public MixerShape Shape => MixerShape.OfScans(innerWidth, scans: Paths);

    /// <summary>Nothing: a picture is read whole.</summary>
    public LayerState<T>? NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => null;

    /// <inheritdoc/>
    public MixerOutput<T> Forward<T>(Tape<T> tape, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var trace = Run(tape, input.Stream, input.Positions);
        foreach (var scan in trace.Scans)
        {
            tape.Cut(scan, input.Cuts);
        }

        return new(trace.Output, trace);
    }

    /// <summary>The same of a stream that is no layer's own, such as half of its channels.</summary>
    public ScanMixerTrace<T> Run<T>(Tape<T> tape, Value<T> stream, RunPositions<T> positions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var E = innerWidth;
        var xz = tape.Linear(stream, w.InProj); // (B, L, 2E), or (B, L, E)
        var x = xz.Columns(0, E);
        var z = w.InProj.Rows == 2 * E ? xz.Columns(E, E) : null;
        GridShape grid = new(positions.Grid.Rows, positions.Grid.Columns);
        var p = tape.DepthwiseConv2d(x, w.Conv, w.ConvBias, grid); // (B, L, E)
        var u = tape.Silu(p);
        GridConvolution<T> before = new(w.Conv, w.ConvBias, p, positions.Grid);
        var projected = tape.Linear(u, xProj); // (B, L, K (R + 2N))
        ScanTrace<T>[] scans = [.. paths.Select((path, k) => Scan(tape, u, before, projected, path, k, Order(positions, k)))];
        var m = tape.SkipConnection([.. scans.Select(scan => new SkippedScan<T>(scan.Y, scan.D, scan.U))]); // (B, L, E)
        var gated = w.Norm.Of(tape, m);
        gated = z is null ? gated : tape.Product(gated, tape.Silu(z)); // (B, L, E)
        var output = tape.Linear(gated, w.OutProj); // (B, L, d)
        GatedNorm<T> norm = new(m, w.Norm.Gain, w.Norm.Epsilon, Groups: 1) { Offset = w.Norm.Bias };
        return new(x, scans, new(Scale: 1, z, norm), m, gated, output);
    }

    private static ScanOrder Order<T>(RunPositions<T> positions, int path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => path % 2 == 0 ? positions.Order(isReversed: path >= 2) : positions.ColumnOrder(isReversed: path >= 2);

    private static ScanTrace<T> Scan<T>(
        Tape<T> tape, Value<T> u, GridConvolution<T> before, Value<T> projected, PathWeights path, int k, ScanOrder order)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (R, N) = (path.DtProj.Columns, path.ALog.Columns);
        var own = projected.Columns(k * (R + (2 * N)), R + (2 * N));
        var delta = tape.LinearSoftplus(own.Columns(0, R), path.DtProj, path.DtBias); // (B, L, E)
        var (B, C) = (own.Columns(R, N), own.Columns(R + N, N));
        var y = tape.SelectiveScan(u, delta, path.ALog, B, C, order); // (B, L, E)
        return new(order, before, path.ALog, path.D, u, delta, B, C, y);
    }

    private sealed record PathWeights(Weight DtProj, Weight DtBias, Weight ALog, Weight D);
}
