using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>Delta = softplus(x + bias) within limits; see <see cref="StepSize"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class StepSizeOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal StepSizeOperator(Value<T> x, Weight bias, float low, float high, Value<T> output)
    {
        X = x;
        Bias = bias;
        Low = low;
        High = high;
        Output = output;
    }

    /// <summary>x (Batch, L, H).</summary>
    public Value<T> X { get; }

    /// <summary>dt_bias (H).</summary>
    public Weight Bias { get; }

    /// <summary>Least step.</summary>
    public float Low { get; }

    /// <summary>Greatest step.</summary>
    public float High { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => [Bias];

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        var dx = replay.Target(X);
        StepSize.Backward(X.Data, Bias, Low, High, dOutput, dx?.Data, dx?.Accumulate ?? false, replay.WeightGradients?.Find(Bias));
    }
}

/// <summary>Puts the step sizes of Mamba-2 on a tape.</summary>
internal static class StepSizeExtensions
{
    /// <summary>Delta (Batch, L, H).</summary>
    public static Value<T> StepSize<T>(this Tape<T> tape, Value<T> x, Weight bias, float low, float high)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var delta = tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width);
        Numerics.StepSize.Forward(x.Data, bias, low, high, delta.Data);
        return tape.Record(new StepSizeOperator<T>(x, bias, low, high, delta));
    }
}
