using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>
/// Neighbouring steps of a series side by side: (Batch, ceil(L / P), P C) from (Batch, L, C). Steps that the last patch has too many are 0.
/// Rows of steps that follow each other are rows of patches already, so values are only copied.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class TimePatchesOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal TimePatchesOperator(Value<T> x, int steps, Value<T> output) => (X, Steps, Output) = (x, steps, output);

    /// <summary>Steps (Batch, L, C).</summary>
    public Value<T> X { get; }

    /// <summary>Steps a patch, P.</summary>
    public int Steps { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(X) is not { } dx)
        {
            return;
        }

        for (var item = 0; item < dOutput.Batch; item++)
        {
            for (var step = 0; step < X.Data.Length; step++)
            {
                var from = Place(dOutput, item, step);
                var to = dx.Data.Row(item, step);
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] = dx.Accumulate ? to[i] + from[i] : from[i];
                }
            }
        }
    }

    internal void Forward()
    {
        Output.Data.Clear();
        for (var item = 0; item < X.Data.Batch; item++)
        {
            for (var step = 0; step < X.Data.Length; step++)
            {
                X.Data.Row(item, step).CopyTo(Place(Output.Data, item, step));
            }
        }
    }

    private Span<T> Place(Activation<T> patches, int item, int step)
        => patches.Row(item, step / Steps).Slice(step % Steps * X.Data.Width, X.Data.Width);
}

/// <summary>Puts patches of a series on a tape.</summary>
internal static class TimePatchesExtensions
{
    /// <summary>(Batch, ceil(L / steps), steps C).</summary>
    public static Value<T> TimePatches<T>(this Tape<T> tape, Value<T> x, int steps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (steps == 1)
        {
            return x;
        }

        var patches = tape.NewValue(x.Data.Batch, (x.Data.Length + steps - 1) / steps, steps * x.Data.Width);
        var op = new TimePatchesOperator<T>(x, steps, patches);
        op.Forward();
        return tape.Record(op);
    }
}
