using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>p = depthwise convolution of x over a grid of tokens; see <see cref="DepthwiseConv2d"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class DepthwiseConv2dOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal DepthwiseConv2dOperator(Value<T> x, Weight w, Weight? bias, GridShape grid, Value<T> output)
    {
        X = x;
        W = w;
        Bias = bias;
        Grid = grid;
        Output = output;
    }

    /// <summary>x (Batch, L, E).</summary>
    public Value<T> X { get; }

    /// <summary>Taps (E, 1, K, K).</summary>
    public Weight W { get; }

    /// <summary>Bias (E), if any.</summary>
    public Weight? Bias { get; }

    /// <summary>Where the tokens lie.</summary>
    public GridShape Grid { get; }

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
            DepthwiseConv2d.BackwardWeight(replay.Workers, dOutput, X.Data, Grid, dw);
        }

        if (Bias is not null && replay.WeightGradients?.Find(Bias) is { } db)
        {
            Linear.BackwardBias(replay.Workers, dOutput, db);
        }

        if (replay.Target(X) is { } dx)
        {
            DepthwiseConv2d.BackwardInput(replay.Workers, dOutput, W, Grid, dx.Data, dx.Accumulate);
        }
    }
}

/// <summary>Puts depthwise convolutions over a grid on a tape.</summary>
internal static class DepthwiseConv2dExtensions
{
    /// <summary>p (Batch, L, E), before the activation.</summary>
    public static Value<T> DepthwiseConv2d<T>(this Tape<T> tape, Value<T> x, Weight w, Weight? bias, GridShape grid)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var p = tape.NewValue(x.Data.Batch, x.Data.Length, x.Data.Width);
        Numerics.DepthwiseConv2d.Forward(tape.Workers, x.Data, w, bias, grid, p.Data);
        return tape.Record(new DepthwiseConv2dOperator<T>(x, w, bias, grid, p));
    }
}
