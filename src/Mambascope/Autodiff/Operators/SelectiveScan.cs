using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>y = S6(u; Delta, A, B, C) without skip and gate; see <see cref="SelectiveScan"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class SelectiveScanOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal SelectiveScanOperator(
        Value<T> u, Value<T> delta, Weight aLog, Value<T> b, Value<T> c, ScanOrder order, int groups,
        Carried<T>? memory, T[]? before, Value<T> output)
    {
        U = u;
        Delta = delta;
        ALog = aLog;
        B = b;
        C = c;
        Order = order;
        Groups = groups;
        Memory = memory;
        Before = before;
        Output = output;
    }

    /// <summary>Scan input (Batch, L, E).</summary>
    public Value<T> U { get; }

    /// <summary>Step sizes (Batch, L, E); (Batch, L, H) where there is one a head.</summary>
    public Value<T> Delta { get; }

    /// <summary>ln(-A), (E, N), or (H).</summary>
    public Weight ALog { get; }

    /// <summary>Input coefficients (Batch, L, groups N).</summary>
    public Value<T> B { get; }

    /// <summary>Output coefficients (Batch, L, groups N).</summary>
    public Value<T> C { get; }

    /// <summary>Direction of time.</summary>
    public ScanOrder Order { get; }

    /// <summary>Groups of heads with B and C of their own.</summary>
    public int Groups { get; }

    /// <summary>The state, for a piece of a text; null for a whole one.</summary>
    public Carried<T>? Memory { get; }

    /// <summary>The state before the piece; null for a whole text.</summary>
    public T[]? Before { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [U, Delta, B, C];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => [ALog];

    /// <summary>The operands as the kernels read them.</summary>
    public ScanInputs<T> ScanInputs => new(U.Data, Delta.Data, ALog, B.Data, C.Data, Order, Groups);

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        var u = replay.Target(U);
        var delta = Fresh(replay, Delta);
        var b = Fresh(replay, B);
        var c = Fresh(replay, C);
        var dALog = replay.WeightGradients?.Find(ALog);
        if (u is null && delta is null && b is null && c is null && dALog is null)
        {
            return;
        }

        SelectiveScan.Backward(
            replay.Workers, ScanInputs, dOutput, new(u?.Data, u?.Accumulate ?? false, delta, b, c, dALog), Before, Memory?.Adjoint);
    }

    // Delta, B and C have one reader, this scan; the kernel overwrites their adjoints.
    private static Activation<T>? Fresh(Replay<T> replay, Value<T> operand)
        => replay.Target(operand) switch
        {
            null => null,
            { Accumulate: false } target => target.Data,
            _ => throw new InvalidOperationException("Delta, B and C of a scan must not be read by another operator"),
        };
}

/// <summary>Puts selective scans on a tape.</summary>
internal static class SelectiveScanExtensions
{
    /// <summary>
    /// y (Batch, L, E); with a memory (one text only) the scan goes on from its state and leaves it where the piece ends.
    /// </summary>
    public static Value<T> SelectiveScan<T>(
        this Tape<T> tape,
        Value<T> u,
        Value<T> delta,
        Weight aLog,
        Value<T> b,
        Value<T> c,
        ScanOrder order,
        int groups = 1,
        Carried<T>? memory = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = tape.NewValue(u.Data.Batch, u.Data.Length, u.Data.Width);
        var op = new SelectiveScanOperator<T>(
            u, delta, aLog, b, c, order, groups, memory, tape.IsRecording ? memory?.Values.ToArray() : null, y);
        Numerics.SelectiveScan.Forward(tape.Workers, op.ScanInputs, y.Data, memory?.Values);
        return tape.Record(op);
    }
}
