using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>Weights of one scan of an <see cref="S6Mixer"/>; shapes in checkpoint order.</summary>
/// <param name="Conv">(E, 1, K).</param>
/// <param name="ConvBias">(E), if any.</param>
/// <param name="XProj">(R + 2N, E): rows for the low-rank step size, B and C.</param>
/// <param name="DtProj">(E, R).</param>
/// <param name="DtBias">(E), if any.</param>
/// <param name="ALog">(E, N).</param>
/// <param name="D">(E), the skip.</param>
/// <param name="IsReversed">Whether it reads from the last token to the first.</param>
internal sealed record S6Scan(
    Weight Conv, Weight? ConvBias, Weight XProj, Weight DtProj, Weight? DtBias, Weight ALog, Weight D, bool IsReversed = false);

/// <summary>RMS norms of δ, B and C between x_proj and what reads them (Falcon-Mamba, without gains to learn; Jamba, with).</summary>
/// <param name="Step">Gain of δ, at least R values.</param>
/// <param name="B">Gain of B, at least N values.</param>
/// <param name="C">Gain of C, at least N values.</param>
/// <param name="Epsilon">Added to the mean square.</param>
internal sealed record S6InnerNorms(Weight Step, Weight B, Weight C, float Epsilon);

/// <summary>
/// The selective scan of Mamba (Gu and Dao 2023, arXiv 2312.00752), in one direction or in several side by side (Vision Mamba).
/// <code>
/// x, z = in_proj(r) (B, L, E)
/// for each scan:  p = conv(x),  u = silu(p),  [δ B C] = x_proj(u),  Δ = softplus(dt_proj(δ)),  y = scan(u, Δ, A, B, C)
/// out = out_proj( scale Σ (y + D u) ⊙ silu(z) )
/// </code>
/// </summary>
/// <param name="inProj">(2E, d): rows for x, then z.</param>
/// <param name="inBias">(2E), if any.</param>
/// <param name="scans">The scans; all read the same x.</param>
/// <param name="outProj">(d, E).</param>
/// <param name="outBias">(d), if any.</param>
/// <param name="scale">Factor of the sum over scans.</param>
/// <param name="norms">Norms inside the mixer, if any.</param>
internal sealed class S6Mixer(
    Weight inProj,
    Weight? inBias,
    IReadOnlyList<S6Scan> scans,
    Weight outProj,
    Weight? outBias,
    float scale = 1,
    S6InnerNorms? norms = null) : IMixer
{
    private readonly int innerWidth = outProj.Columns;

    /// <inheritdoc/>
    public MixerShape Shape => MixerShape.OfScans(innerWidth, scans: scans.Count);

    /// <inheritdoc/>
    public LayerState<T>? NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Only a mixer that reads from the first token on goes on from what it has read.
        var scan = scans.Single();
        return new ScanLayerState<T>(new(new T[(scan.Conv.Columns - 1) * innerWidth]), new(new T[scan.ALog.Columns * innerWidth]));
    }

    /// <inheritdoc/>
    public MixerOutput<T> Forward<T>(Tape<T> tape, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var E = innerWidth;
        var xz = tape.Linear(input.Stream, inProj, inBias); // (B, L, 2E)
        var (x, z) = (xz.Columns(0, E), xz.Columns(E, E));
        ScanTrace<T>[] traces = [.. scans.Select(scan => Scan(tape, x, scan, input))];
        // y = Σ (y + D u) and its product with silu(z), both (B, L, E).
        var (y, gated) = tape.SkipAndGate([.. traces.Select(trace => new SkippedScan<T>(trace.Y, trace.D, trace.U))], z, scale);
        var output = tape.Linear(gated, outProj, outBias); // (B, L, d)
        return new(output, new ScanMixerTrace<T>(x, traces, new(scale, z, Norm: null), y, gated, output));
    }

    // conv, SiLU, projections to Δ, B, C, scan.
    private ScanTrace<T> Scan<T>(Tape<T> tape, Value<T> x, S6Scan w, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (R, N) = (w.DtProj.Columns, w.ALog.Columns);
        var (order, state) = (input.Positions.Order(w.IsReversed), input.State as ScanLayerState<T>);
        var (p, u) = Convolve(tape, x, w, order, state?.Conv, input.Cuts); // (B, L, E)
        var projected = tape.Linear(u, w.XProj); // (B, L, R + 2N)
        var low = Normalised(tape, projected.Columns(0, R), norms?.Step);
        var delta = tape.LinearSoftplus(low, w.DtProj, w.DtBias); // (B, L, E)
        var B = Normalised(tape, projected.Columns(R, N), norms?.B);
        var C = Normalised(tape, projected.Columns(R + N, N), norms?.C);
        var y = tape.SelectiveScan(u, delta, w.ALog, B, C, order, memory: state?.Scan); // (B, L, E)
        ScanTrace<T> trace = new(order, new CausalConvolution<T>(w.Conv, w.ConvBias, p), w.ALog, w.D, u, delta, B, C, y);
        tape.Cut(trace, input.Cuts);
        return trace;
    }

    private (Value<T> P, Value<T> U) Convolve<T>(
        Tape<T> tape, Value<T> x, S6Scan w, ScanOrder order, Carried<T>? memory, IReadOnlyList<Knockout> cuts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (memory is null && cuts.Count == 0)
        {
            return tape.CausalConv1dSilu(x, w.Conv, w.ConvBias, order);
        }

        var p = tape.CausalConv1d(x, w.Conv, w.ConvBias, order, memory);
        tape.CutTaps(x, w.Conv, order, p, cuts, innerWidth);
        return (p, tape.Silu(p));
    }

    private Value<T> Normalised<T>(Tape<T> tape, Value<T> value, Weight? gain)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => gain is null ? value : tape.RmsNorm(value, gain, norms!.Epsilon);
}
