using System.Numerics;
using System.Numerics.Tensors;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>Some tokens of all items together, one after the other: those that an expert is asked for.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class GatherRowsOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int[] rows;

    internal GatherRowsOperator(Value<T> x, int[] rows, Value<T> output)
    {
        X = x;
        this.rows = rows;
        Output = output;
    }

    /// <summary>Tokens (Batch, L, Width).</summary>
    public Value<T> X { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <summary>(1, rows, Width).</summary>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(X) is not { } dx)
        {
            return;
        }

        if (!dx.Accumulate)
        {
            dx.Data.Clear();
        }

        for (var i = 0; i < rows.Length; i++)
        {
            var to = dx.Data.Row(rows[i]);
            TensorPrimitives.Add<T>(to, dOutput.Row(i), to);
        }
    }

    internal void Forward()
    {
        for (var i = 0; i < rows.Length; i++)
        {
            X.Data.Row(rows[i]).CopyTo(Output.Data.Row(i));
        }
    }
}

/// <summary>Puts the gathering of tokens on a tape.</summary>
internal static class GatherRowsExtensions
{
    /// <summary>(1, rows, Width) from the given rows of the flattened (Batch L, Width).</summary>
    public static Value<T> GatherRows<T>(this Tape<T> tape, Value<T> x, int[] rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var op = new GatherRowsOperator<T>(x, rows, tape.NewValue(1, rows.Length, x.Data.Width));
        op.Forward();
        return tape.Record(op);
    }
}
