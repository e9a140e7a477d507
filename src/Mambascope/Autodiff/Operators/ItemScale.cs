using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>y = scale[item] x: drop path (stochastic depth) in training, scale 0 or 1 / (1 - rate) per item.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class ItemScaleOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly float[] scale;

    internal ItemScaleOperator(Value<T> x, float[] scale, Value<T> output)
    {
        X = x;
        this.scale = scale;
        Output = output;
    }

    /// <summary>x (Batch, L, Width).</summary>
    public Value<T> X { get; }

    /// <summary>One factor an item.</summary>
    public ReadOnlySpan<float> Scale => scale;

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(X) is { } dx)
        {
            Apply(replay.Workers, dOutput, dx.Data, dx.Accumulate);
        }
    }

    internal void Forward(Workers workers) => Apply(workers, X.Data, Output.Data, accumulate: false);

    private void Apply(Workers workers, Activation<T> from, Activation<T> to, bool accumulate)
        => workers.For(from.Batch, item =>
        {
            var factor = T.CreateTruncating(scale[item]);
            for (var t = 0; t < from.Length; t++)
            {
                var source = from.Row(item, t);
                var target = to.Row(item, t);
                for (var i = 0; i < target.Length; i++)
                {
                    target[i] = (source[i] * factor) + (accumulate ? target[i] : T.Zero);
                }
            }
        });
}

/// <summary>Puts item scales on a tape.</summary>
internal static class ItemScaleExtensions
{
    /// <summary>scale[item] x, same shape.</summary>
    public static Value<T> ItemScale<T>(this Tape<T> tape, Value<T> x, float[] scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var op = new ItemScaleOperator<T>(x, scale, tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width));
        op.Forward(tape.Workers);
        return tape.Record(op);
    }
}
