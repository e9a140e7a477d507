using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>p = causal depthwise convolution of x along a scan order; see <see cref="CausalConv1d"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class CausalConv1dOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal CausalConv1dOperator(Value<T> x, Weight w, Weight? bias, ScanOrder order, Carried<T>? memory, Value<T> output)
    {
        X = x;
        W = w;
        Bias = bias;
        Order = order;
        Memory = memory;
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

    /// <summary>The last K - 1 inputs, for a piece of a text; null for a whole one.</summary>
    public Carried<T>? Memory { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Weight> Weights => Bias is null ? [W] : [W, Bias];

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (Memory is not null)
        {
            BackwardPiece(replay, dOutput);
            return;
        }

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

    // Weights are trained on whole texts; a piece passes on what its input and the inputs before it receive.
    private void BackwardPiece(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.WeightGradients?.Find(W) is not null)
        {
            throw new InvalidOperationException("A text that is read piece by piece gives no gradients of weights");
        }

        if (replay.Target(X) is { } dx)
        {
            ConvPiece.BackwardInput(
                replay.Workers, replay.Pool, dOutput, W, Memory!.Adjoint ?? new T[Memory.Values.Length], dx.Data, dx.Accumulate);
        }
    }
}

/// <summary>Puts causal convolutions on a tape.</summary>
internal static class CausalConv1dExtensions
{
    /// <summary>
    /// p (Batch, L, E), before the activation; with a memory (one text only, forward) it goes on from the inputs before the piece.
    /// </summary>
    public static Value<T> CausalConv1d<T>(
        this Tape<T> tape, Value<T> x, Weight w, Weight? bias, ScanOrder order, Carried<T>? memory = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var p = tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width);
        if (memory is null)
        {
            Numerics.CausalConv1d.Forward(tape.Workers, x.Data, w, bias, order, p.Data);
        }
        else
        {
            ConvPiece.Forward(tape.Workers, tape.Pool, x.Data, w, bias, memory.Values, p.Data);
        }

        return tape.Record(new CausalConv1dOperator<T>(x, w, bias, order, memory, p));
    }

    /// <summary>p as above, of a whole text, and u = silu(p).</summary>
    public static (Value<T> P, Value<T> U) CausalConv1dSilu<T>(
        this Tape<T> tape, Value<T> x, Weight w, Weight? bias, ScanOrder order)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var p = tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width);
        var u = tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width);
        Numerics.CausalConv1d.ForwardActivated(tape.Workers, x.Data, w, bias, order, p.Data, u.Data);
        tape.Record(new CausalConv1dOperator<T>(x, w, bias, order, memory: null, p));
        return (p, tape.Record(new SiluOperator<T>(p, u)));
    }
}
