using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>y = x Wᵀ + b; see <see cref="Numerics.Linear"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class LinearOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal LinearOperator(Value<T> x, Weight w, Weight? bias, Value<T> output)
    {
        X = x;
        W = w;
        Bias = bias;
        Output = output;
    }

    /// <summary>x (Batch, L, inputs).</summary>
    public Value<T> X { get; }

    /// <summary>W (outputs, inputs).</summary>
    public Weight W { get; }

    /// <summary>b (outputs), if any.</summary>
    public Weight? Bias { get; }

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
            Linear.BackwardWeight(replay.Workers, dOutput, X.Data, dw);
        }

        if (Bias is not null && replay.WeightGradients?.Find(Bias) is { } db)
        {
            Linear.BackwardBias(replay.Workers, dOutput, db);
        }

        if (replay.Target(X) is { } dx)
        {
            Linear.BackwardInput(replay.Workers, dOutput, W, dx.Data, dx.Accumulate);
        }
    }
}

/// <summary>Puts linear layers on a tape.</summary>
public static class LinearExtensions
{
    /// <summary>y = x Wᵀ + b, (Batch, L, outputs).</summary>
    public static Value<T> Linear<T>(this Tape<T> tape, Value<T> x, Weight w, Weight? bias = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = tape.NewValue(x.Data.Batch, x.Data.Length, w.Rows);
        Numerics.Linear.Forward(tape.Workers, x.Data, w, bias, y.Data);
        return tape.Record(new LinearOperator<T>(x, w, bias, y));
    }

    /// <summary>softplus(x Wᵀ + b), (Batch, L, outputs).</summary>
    public static Value<T> LinearSoftplus<T>(this Tape<T> tape, Value<T> x, Weight w, Weight? bias = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (y, f) = Then<Softplus, T>(tape, x, w, bias);
        return tape.Record(new SoftplusOperator<T>(y, f));
    }

    /// <summary>gelu(x Wᵀ + b), (Batch, L, outputs).</summary>
    public static Value<T> LinearGelu<T>(this Tape<T> tape, Value<T> x, Weight w, Weight? bias = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (y, f) = Then<Gelu, T>(tape, x, w, bias);
        return tape.Record(new GeluOperator<T>(y, f));
    }

    private static (Value<T> Y, Value<T> F) Then<TFunction, T>(Tape<T> tape, Value<T> x, Weight w, Weight? bias)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IVectorFunction
    {
        var y = tape.NewValue(x.Data.Batch, x.Data.Length, w.Rows);
        var f = tape.NewValue(x.Data.Batch, x.Data.Length, w.Rows);
        Numerics.Linear.ForwardThen<TFunction, T>(tape.Workers, x.Data, w, bias, y.Data, f.Data);
        return (tape.Record(new LinearOperator<T>(x, w, bias, y)), f);
    }
}
