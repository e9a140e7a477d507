using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>c = a + b: the residual stream, or the two directions of a bidirectional mixer.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class SumOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal SumOperator(Value<T> a, Value<T> b, Value<T> output)
    {
        A = a;
        B = b;
        Output = output;
    }

    /// <summary>First operand (Batch, L, Width).</summary>
    public Value<T> A { get; }

    /// <summary>Second operand, same shape.</summary>
    public Value<T> B { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [A, B];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(A) is { } da)
        {
            Sum.Backward(replay.Workers, dOutput, da.Data, da.Accumulate);
        }

        if (replay.Target(B) is { } db)
        {
            Sum.Backward(replay.Workers, dOutput, db.Data, db.Accumulate);
        }
    }
}

/// <summary>Puts sums on a tape.</summary>
public static class SumExtensions
{
    /// <summary>a + b, same shape.</summary>
    public static Value<T> Sum<T>(this Tape<T> tape, Value<T> a, Value<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var c = tape.NewValue(a.Data.Batch, a.Data.Length, a.Data.Width);
        Numerics.Sum.Forward(tape.Workers, a.Data, b.Data, c.Data);
        return tape.Record(new SumOperator<T>(a, b, c));
    }
}
