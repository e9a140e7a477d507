using System.Numerics;
using System.Numerics.Tensors;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>
/// Keys or values of few heads for many query heads (grouped-query attention, Ainslie et al. 2023): head h of the result is head
/// h / times of x. Adjoints of the copies add up.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class RepeatHeadsOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal RepeatHeadsOperator(Value<T> x, int heads, int times, Value<T> output)
    {
        X = x;
        Heads = heads;
        Times = times;
        Output = output;
    }

    /// <summary>x (Batch, L, Heads dh).</summary>
    public Value<T> X { get; }

    /// <summary>Heads of x.</summary>
    public int Heads { get; }

    /// <summary>Copies of each.</summary>
    public int Times { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <summary>(Batch, L, Heads Times dh).</summary>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(X) is not { } dx)
        {
            return;
        }

        var width = X.Data.Width / Heads;
        RowBlocks.For(replay.Workers, dOutput.Rows, dOutput.Width, (first, last) =>
        {
            for (var row = first; row < last; row++)
            {
                var from = dOutput.Row(row);
                var to = dx.Data.Row(row);
                if (!dx.Accumulate)
                {
                    to.Clear();
                }

                for (var copy = 0; copy < Heads * Times; copy++)
                {
                    var target = to.Slice(copy / Times * width, width);
                    TensorPrimitives.Add<T>(target, from.Slice(copy * width, width), target);
                }
            }
        });
    }

    internal void Forward(Workers workers)
    {
        var width = X.Data.Width / Heads;
        RowBlocks.For(workers, X.Data.Rows, Output.Data.Width, (first, last) =>
        {
            for (var row = first; row < last; row++)
            {
                var from = X.Data.Row(row);
                var to = Output.Data.Row(row);
                for (var copy = 0; copy < Heads * Times; copy++)
                {
                    from.Slice(copy / Times * width, width).CopyTo(to[(copy * width)..]);
                }
            }
        });
    }
}

/// <summary>Puts the copies of heads on a tape.</summary>
internal static class RepeatHeadsExtensions
{
    /// <summary>(Batch, L, heads times dh) from (Batch, L, heads dh); x itself where there is one copy.</summary>
    public static Value<T> RepeatHeads<T>(this Tape<T> tape, Value<T> x, int heads, int times)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (times == 1)
        {
            return x;
        }

        var op = new RepeatHeadsOperator<T>(x, heads, times, tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width * times));
        op.Forward(tape.Workers);
        return tape.Record(op);
    }
}
