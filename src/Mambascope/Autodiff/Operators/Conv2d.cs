using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>y = convolution of x over a grid of tokens; see <see cref="Conv2d"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class Conv2dOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal Conv2dOperator(Value<T> x, Weight w, Weight? bias, GridShape grid, GridWindow window, Value<T> output)
    {
        X = x;
        W = w;
        Bias = bias;
        Grid = grid;
        Window = window;
        Output = output;
    }

    /// <summary>x (Batch, H W, C).</summary>
    public Value<T> X { get; }

    /// <summary>(outputs, C, K, K).</summary>
    public Weight W { get; }

    /// <summary>(outputs), if any.</summary>
    public Weight? Bias { get; }

    /// <summary>Where the tokens lie.</summary>
    public GridShape Grid { get; }

    /// <summary>How the convolution steps over them.</summary>
    public GridWindow Window { get; }

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
            Conv2d.BackwardWeight(replay.Workers, replay.Pool, dOutput, X.Data, Grid, Window, dw);
        }

        if (Bias is not null && replay.WeightGradients?.Find(Bias) is { } db)
        {
            Linear.BackwardBias(replay.Workers, dOutput, db);
        }

        if (replay.Target(X) is { } dx)
        {
            Conv2d.BackwardInput(replay.Workers, replay.Pool, dOutput, W, Grid, Window, dx.Data, dx.Accumulate);
        }
    }
}

/// <summary>Puts convolutions over a grid on a tape.</summary>
internal static class Conv2dExtensions
{
    /// <summary>y (Batch, windows, outputs).</summary>
    public static Value<T> Conv2d<T>(this Tape<T> tape, Value<T> x, Weight w, Weight? bias, GridShape grid, GridWindow window)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = tape.NewValue(x.Data.Batch, window.Over(grid).Count, w.Rows);
        Numerics.Conv2d.Forward(tape.Workers, tape.Pool, x.Data, w, bias, grid, window, y.Data);
        return tape.Record(new Conv2dOperator<T>(x, w, bias, grid, window, y));
    }
}
