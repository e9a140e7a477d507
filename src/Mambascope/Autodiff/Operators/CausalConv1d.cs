using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>p = causal depthwise convolution of x along a scan order; see <see cref="CausalConv1d"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class CausalConv1dOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal CausalConv1dOperator(Value<T> x, Weight w, Weight? bias, ScanOrder order, Value<T> output)
    {
        X = x;
        W = w;
        Bias = bias;
        Order = order;
        Output = output;
    }

    /// <summary>x (Batch, L, E).</summary>
    public Value<T> X { get; }

    /// <summary>Taps (E, 1, K).</summary>
    public Weight W { get; }

    /// <summary>Bias (E), if any.</summary>
    public Weight? Bias { get; }

    /// <summary>Direction of time.</summary>
    public ScanOrder Order { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => Bias is null ? [W] : [W, Bias];

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.WeightGradients?.Find(W) is { } dw)
        {
            CausalConv1d.BackwardWeight(replay.Workers, dOutput, X.Data, Order, dw);
        }

        if (Bias is not null && replay.WeightGradients?.Find(Bias) is { } db)
        {
            Linear.BackwardBias(replay.Workers, dOutput, db);
        }

        if (replay.Target(X) is { } dx)
        {
            CausalConv1d.BackwardInput(replay.Workers, dOutput, W, Order, dx.Data, dx.Accumulate);
        }
    }
}

/// <summary>Puts causal convolutions on a tape.</summary>
public static class CausalConv1dExtensions
{
    /// <summary>p (Batch, L, E), before the activation.</summary>
    public static Value<T> CausalConv1d<T>(this Tape<T> tape, Value<T> x, Weight w, Weight? bias, ScanOrder order)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var p = tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width);
        Numerics.CausalConv1d.Forward(tape.Workers, x.Data, w, bias, order, p.Data);
        return tape.Record(new CausalConv1dOperator<T>(x, w, bias, order, p));
    }
}
