using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>y = w (x - mean) / deviation + b; see <see cref="LayerNorm"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class LayerNormOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal LayerNormOperator(Value<T> x, Weight w, Weight bias, float epsilon, Value<T> output)
    {
        X = x;
        W = w;
        Bias = bias;
        Epsilon = epsilon;
        Output = output;
    }

    /// <summary>x (Batch, L, Width).</summary>
    public Value<T> X { get; }

    /// <summary>Gain (Width).</summary>
    public Weight W { get; }

    /// <summary>Offset (Width).</summary>
    public Weight Bias { get; }

    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => [W, Bias];

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput) => Backward(replay, dOutput, holdScale: false);

    /// <summary>
    /// The gradient; with <paramref name="holdScale"/> the reciprocal standard deviation counts as a constant (the mean does not).
    /// </summary>
    public void Backward(Replay<T> replay, Activation<T> dOutput, bool holdScale)
    {
        if (replay.WeightGradients?.Find(W) is { } dw)
        {
            LayerNorm.BackwardWeight(replay.Workers, X.Data, Epsilon, dOutput, dw);
        }

        if (replay.WeightGradients?.Find(Bias) is { } db)
        {
            Linear.BackwardBias(replay.Workers, dOutput, db);
        }

        if (replay.Target(X) is { } dx)
        {
            LayerNorm.BackwardInput(replay.Workers, X.Data, W, Epsilon, dOutput, dx.Data, dx.Accumulate, holdScale);
        }
    }
}

/// <summary>Puts layer norms on a tape.</summary>
public static class LayerNormExtensions
{
    /// <summary>w (x - mean) / deviation + b, same shape.</summary>
    public static Value<T> LayerNorm<T>(this Tape<T> tape, Value<T> x, Weight w, Weight bias, float epsilon)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width);
        Numerics.LayerNorm.Forward(tape.Workers, x.Data, w, bias, epsilon, y.Data);
        return tape.Record(new LayerNormOperator<T>(x, w, bias, epsilon, y));
    }
}
