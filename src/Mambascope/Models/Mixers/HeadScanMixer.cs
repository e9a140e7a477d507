using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>The RMS norm between scan and out_proj of a <see cref="HeadScanMixer"/>.</summary>
/// <param name="Gain">(E).</param>
/// <param name="Epsilon">Added to the mean square.</param>
/// <param name="Groups">Groups of neighbouring channels that are normalised apart.</param>
/// <param name="IsBeforeGate">Whether y + D u is normalised and then gated, not the other way round.</param>
internal sealed record HeadScanNorm(Weight Gain, float Epsilon, int Groups = 1, bool IsBeforeGate = false);

/// <summary>Weights of a <see cref="HeadScanMixer"/>; shapes in checkpoint order.</summary>
/// <param name="InProj">(2E + 2GN + H, d): rows for z, x, B, C and the step size.</param>
/// <param name="InBias">The same rows, if any.</param>
/// <param name="Conv">(E + 2GN, 1, K).</param>
/// <param name="ConvBias">(E + 2GN), if any.</param>
/// <param name="DtBias">(H).</param>
/// <param name="ALog">(H).</param>
/// <param name="D">(H) or (E), the skip.</param>
/// <param name="OutProj">(d, E).</param>
/// <param name="OutBias">(d), if any.</param>
internal sealed record HeadScanWeights(
    Weight InProj, Weight? InBias, Weight Conv, Weight? ConvBias, Weight DtBias, Weight ALog, Weight D, Weight OutProj, Weight? OutBias);

/// <summary>
/// The selective scan of Mamba-2 (Dao and Gu 2024, arXiv 2405.21060): H heads of P = E / H channels share step size and decay, G groups of
/// heads B and C.
/// <code>
/// z, [x B C], dt = in_proj(r)        [p ..] = conv([x B C]),  [u B C] = silu of it,  Δ = softplus(dt + bias),  y = scan(u, Δ, A, B, C)
/// out = out_proj( rms( (y + D u) ⊙ silu(z) ) ),   or rms(y + D u) ⊙ silu(z), or without the norm
/// </code>
/// </summary>
/// <param name="w">Weights.</param>
/// <param name="groups">Groups of heads, G.</param>
/// <param name="leastStep">Least step size.</param>
/// <param name="greatestStep">Greatest step size.</param>
/// <param name="norm">The norm, if any.</param>
/// <param name="factors">Constant factors of in_proj's output, one each for z, x, B, C and the step size; null where all are 1.</param>
internal sealed class HeadScanMixer(
    HeadScanWeights w, int groups, float leastStep, float greatestStep, HeadScanNorm? norm, IReadOnlyList<double>? factors = null) : IMixer
{
    private readonly int innerWidth = w.OutProj.Columns;
    private readonly int heads = w.ALog.Count;
    private readonly int convChannels = w.Conv.Rows;
    private readonly double[]? rowFactors = RowFactors(w, factors);

    /// <inheritdoc/>
    public MixerShape Shape => MixerShape.OfScans(innerWidth, heads);

    /// <inheritdoc/>
    public LayerState<T>? NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var stateSize = (convChannels - innerWidth) / 2 / groups;
        return new ScanLayerState<T>(new(new T[(w.Conv.Columns - 1) * convChannels]), new(new T[innerWidth * stateSize]));
    }

    /// <inheritdoc/>
    public MixerOutput<T> Forward<T>(Tape<T> tape, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (E, channels) = (innerWidth, convChannels);
        var projected = tape.Linear(input.Stream, w.InProj, w.InBias); // (B, L, 2E + 2GN + H)
        projected = rowFactors is null ? projected : tape.Scale(projected, rowFactors);
        var z = projected.Columns(0, E);
        var xBC = projected.Columns(E, channels);
        var scan = Scan(tape, xBC, projected.Columns(E + channels, heads), input);
        var y = tape.SkipConnection(new SkippedScan<T>(scan.Y, w.D, scan.U)); // (B, L, E)
        var (gated, gatedNorm) = Gate(tape, y, z); // (B, L, E)
        var output = tape.Linear(gated, w.OutProj, w.OutBias); // (B, L, d)
        return new(output, new ScanMixerTrace<T>(xBC.Columns(0, E), [scan], new(Scale: 1, z, gatedNorm), y, gated, output));
    }

    private static double[]? RowFactors(HeadScanWeights w, IReadOnlyList<double>? factors)
    {
        var (E, states) = (w.OutProj.Columns, (w.Conv.Rows - w.OutProj.Columns) / 2);
        return factors is null || factors.All(factor => factor == 1)
            ? null
            : [.. new[] { E, E, states, states, w.ALog.Count }.SelectMany((count, kind) => Enumerable.Repeat(factors[kind], count))];
    }

    private (Value<T> Gated, GatedNorm<T>? Norm) Gate<T>(Tape<T> tape, Value<T> y, Value<T> z)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (norm is { IsBeforeGate: true })
        {
            var normalised = tape.RmsNorm(y, norm.Gain, norm.Epsilon, norm.Groups);
            return (tape.Product(normalised, tape.Silu(z)), new(y, norm.Gain, norm.Epsilon, norm.Groups));
        }

        var a = tape.Product(y, tape.Silu(z));
        return norm is null
            ? (a, null)
            : (tape.RmsNorm(a, norm.Gain, norm.Epsilon, norm.Groups), new(a, norm.Gain, norm.Epsilon, norm.Groups));
    }

    // conv and SiLU of x, B and C together, step sizes, scan.
    private ScanTrace<T> Scan<T>(Tape<T> tape, Value<T> xBC, Value<T> dt, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (E, states) = (innerWidth, (convChannels - innerWidth) / 2);
        var (order, state) = (input.Positions.Order(isReversed: false), input.State as ScanLayerState<T>);
        var p = tape.CausalConv1d(xBC, w.Conv, w.ConvBias, order, state?.Conv); // (B, L, E + 2GN)
        tape.CutTaps(xBC, w.Conv, order, p, input.Cuts, E, heads);
        var uBC = tape.Silu(p);
        var u = uBC.Columns(0, E);
        var B = uBC.Columns(E, states);
        var C = uBC.Columns(E + states, states);
        var delta = tape.StepSize(dt, w.DtBias, leastStep, greatestStep); // (B, L, H)
        var y = tape.SelectiveScan(u, delta, w.ALog, B, C, order, groups, state?.Scan); // (B, L, E)
        CausalConvolution<T> before = new(w.Conv.Slice(0, E), w.ConvBias?.Slice(0, E), p.Columns(0, E));
        ScanTrace<T> trace = new(order, before, w.ALog, w.D.Repeat(E), u, delta, B, C, y, groups);
        tape.Cut(trace, input.Cuts);
        return trace;
    }
}
