using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>One scan direction as it enters the sum: y + D ⊙ u.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Y">Output of the scan (Batch, L, E).</param>
/// <param name="D">Skip weights (E), or (H) for one a head.</param>
/// <param name="U">Input of the scan (Batch, L, E).</param>
internal readonly record struct SkippedScan<T>(Value<T> Y, Weight D, Value<T> U)
    where T : unmanaged;

/// <summary>
/// s = sum over scan directions of y + D ⊙ u: what the gate of a mixer receives. One operator for all directions, because nothing
/// explains a direction's part alone, and keeping the parts would cost memory.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class SkipConnectionOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal SkipConnectionOperator(IReadOnlyList<SkippedScan<T>> scans, Value<T> output)
    {
        Scans = scans;
        Output = output;
    }

    /// <summary>The directions.</summary>
    public IReadOnlyList<SkippedScan<T>> Scans { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [.. Scans.SelectMany(scan => new[] { scan.Y, scan.U })];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => [.. Scans.Select(scan => scan.D)];

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        foreach (var (y, d, u) in Scans)
        {
            if (replay.WeightGradients?.Find(d) is { } dd)
            {
                BackwardWeight(replay.Workers, dOutput, u.Data, dd);
            }

            if (replay.Target(u) is { } du)
            {
                SkipConnection.BackwardInput(replay.Workers, dOutput, d.Repeat(dOutput.Width), du.Data, du.Accumulate);
            }

            if (replay.Target(y) is { } dy)
            {
                Sum.Backward(replay.Workers, dOutput, dy.Data, dy.Accumulate);
            }
        }
    }

    // A head's weight collects what its channels' would.
    private static void BackwardWeight(Workers workers, Activation<T> dOutput, Activation<T> u, T[] dD)
    {
        var each = dOutput.Width / dD.Length;
        var perChannel = each == 1 ? dD : new T[dOutput.Width];
        SkipConnection.BackwardWeight(workers, dOutput, u, perChannel);
        for (var e = 0; each > 1 && e < perChannel.Length; e++)
        {
            dD[e / each] += perChannel[e];
        }
    }

    internal void Forward(Workers workers)
    {
        var s = Output.Data;
        SkipConnection.Forward(workers, Scans[0].Y.Data, Scans[0].U.Data, Scans[0].D.Repeat(s.Width), s);
        foreach (var (y, d, u) in Scans.Skip(1))
        {
            SkipConnection.Forward(workers, s, u.Data, d.Repeat(s.Width), s);
            Sum.Accumulate(workers, s, y.Data);
        }
    }
}

/// <summary>Puts skip connections on a tape.</summary>
internal static class SkipConnectionExtensions
{
    /// <summary>Sum over directions of y + D ⊙ u, (Batch, L, E).</summary>
    public static Value<T> SkipConnection<T>(this Tape<T> tape, params IReadOnlyList<SkippedScan<T>> scans)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = scans[0].Y.Data;
        var op = new SkipConnectionOperator<T>(scans, tape.NewValue(y.Batch, y.Length, y.Width));
        op.Forward(tape.Workers);
        return tape.Record(op);
    }

    /// <summary>s as above, and scale s ⊙ silu(z): the mixer's gated output.</summary>
    public static (Value<T> S, Value<T> Gated) SkipAndGate<T>(
        this Tape<T> tape, IReadOnlyList<SkippedScan<T>> scans, Value<T> z, float scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (s, open, gated) = (New(), New(), New());
        Numerics.SkipAndGate.Forward(
            tape.Workers,
            [.. scans.Select(scan => new SkippedActivation<T>(scan.Y.Data, scan.D.Repeat(s.Data.Width), scan.U.Data))],
            z.Data,
            scale,
            s.Data,
            open.Data,
            gated.Data);
        tape.Record(new SkipConnectionOperator<T>(scans, s));
        tape.Record(new SiluOperator<T>(z, open));
        return (s, tape.Record(new ProductOperator<T>(s, open, scale, gated)));

        Value<T> New() => tape.NewValue(z.Data.Batch, z.Data.Length, z.Data.Width);
    }
}
