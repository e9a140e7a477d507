using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>y = w x / rms(x); see <see cref="RmsNorm"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class RmsNormOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal RmsNormOperator(Value<T> x, Weight w, float epsilon, Value<T> output)
    {
        X = x;
        W = w;
        Epsilon = epsilon;
        Output = output;
    }

    /// <summary>x (Batch, L, Width).</summary>
    public Value<T> X { get; }

    /// <summary>Gain (Width).</summary>
    public Weight W { get; }

    /// <summary>Added to the mean square.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => [W];

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput) => Backward(replay, dOutput, holdScale: false);

    /// <summary>The gradient; with <paramref name="holdScale"/> the reciprocal root mean square counts as a constant.</summary>
    public void Backward(Replay<T> replay, Activation<T> dOutput, bool holdScale)
    {
        if (replay.WeightGradients?.Find(W) is { } dw)
        {
            RmsNorm.BackwardWeight(replay.Workers, X.Data, Epsilon, dOutput, dw);
        }

        if (replay.Target(X) is { } dx)
        {
            RmsNorm.BackwardInput(replay.Workers, X.Data, W, Epsilon, dOutput, dx.Data, dx.Accumulate, holdScale);
        }
    }
}

/// <summary>Puts RMS norms on a tape.</summary>
public static class RmsNormExtensions
{
    /// <summary>w x / rms(x), same shape.</summary>
    public static Value<T> RmsNorm<T>(this Tape<T> tape, Value<T> x, Weight w, float epsilon)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width);
        Numerics.RmsNorm.Forward(tape.Workers, x.Data, w, epsilon, y.Data);
        return tape.Record(new RmsNormOperator<T>(x, w, epsilon, y));
    }
}
