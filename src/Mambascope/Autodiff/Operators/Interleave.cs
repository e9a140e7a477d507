using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>
/// y[2c] = a[c], y[2c + 1] = b[c]: the shuffle of two groups of channels. A permutation, so what comes back goes where it came from.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class InterleaveOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal InterleaveOperator(Value<T> a, Value<T> b, Value<T> output)
    {
        A = a;
        B = b;
        Output = output;
    }

    /// <summary>Even channels (Batch, L, Width).</summary>
    public Value<T> A { get; }

    /// <summary>Odd channels, same shape.</summary>
    public Value<T> B { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [A, B];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        Half(replay, A, dOutput, first: 0);
        Half(replay, B, dOutput, first: 1);
    }

    internal void Forward(Workers workers)
    {
        var y = Output.Data;
        RowBlocks.For(workers, y.Rows, y.Width, (first, last) =>
        {
            for (var row = first; row < last; row++)
            {
                var a = A.Data.Row(row);
                var b = B.Data.Row(row);
                var to = y.Row(row);
                for (var c = 0; c < a.Length; c++)
                {
                    to[2 * c] = a[c];
                    to[(2 * c) + 1] = b[c];
                }
            }
        });
    }

    private static void Half(Replay<T> replay, Value<T> input, Activation<T> dOutput, int first)
    {
        if (replay.Target(input) is not { } target)
        {
            return;
        }

        for (var row = 0; row < dOutput.Rows; row++)
        {
            var from = dOutput.Row(row);
            var to = target.Data.Row(row);
            for (var c = 0; c < to.Length; c++)
            {
                var value = from[(2 * c) + first];
                to[c] = target.Accumulate ? to[c] + value : value;
            }
        }
    }
}

/// <summary>Puts shuffles of two groups of channels on a tape.</summary>
internal static class InterleaveExtensions
{
    /// <summary>(Batch, L, 2 Width): channels of a and b in turn.</summary>
    public static Value<T> Interleave<T>(this Tape<T> tape, Value<T> a, Value<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var op = new InterleaveOperator<T>(a, b, tape.NewValue(a.Data.Batch, a.Data.Length, 2 * a.Data.Width));
        op.Forward(tape.Workers);
        return tape.Record(op);
    }
}
