using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>Windows of a grid of tokens side by side as channels; see <see cref="GridPatches"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class GridWindowsOperator<T> : Operator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal GridWindowsOperator(Value<T> x, GridShape grid, GridWindow window, int[] order, Value<T> output)
    {
        X = x;
        Grid = grid;
        Window = window;
        Order = order;
        Output = output;
    }

    /// <summary>x (Batch, H W, C).</summary>
    public Value<T> X { get; }

    /// <summary>Where the tokens lie.</summary>
    public GridShape Grid { get; }

    /// <summary>What is put side by side.</summary>
    public GridWindow Window { get; }

    /// <summary>Which place of the window, counted row by row, stands first, second, ...</summary>
    public int[] Order { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs => [X];

    /// <inheritdoc/>
    public override Value<T> Output { get; }

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
    {
        if (replay.Target(X) is { } dx)
        {
            var ordered = replay.Pool.Rent(dOutput.Batch, dOutput.Length, dOutput.Width);
            for (var place = 0; place < Order.Length; place++)
            {
                var C = X.Data.Width;
                ordered.Columns(Order[place] * C, C).CopyFrom(dOutput.Columns(place * C, C));
            }

            GridPatches.Backward(replay.Workers, ordered, Grid, Window, dx.Data, dx.Accumulate);
            replay.Pool.Return(ordered);
        }
    }

    internal void Forward(Tape<T> tape)
    {
        var C = X.Data.Width;
        var patches = tape.Pool.Rent(Output.Data.Batch, Output.Data.Length, Output.Data.Width);
        GridPatches.Forward(tape.Workers, X.Data, Grid, Window, patches);
        for (var place = 0; place < Order.Length; place++)
        {
            Output.Data.Columns(place * C, C).CopyFrom(patches.Columns(Order[place] * C, C));
        }

        tape.Pool.Return(patches);
    }
}

/// <summary>Puts windows of tokens on a tape.</summary>
internal static class GridWindowsExtensions
{
    /// <summary>(Batch, windows, K K C), the places of a window in the given order; what lies outside the grid is zero.</summary>
    public static Value<T> GridWindows<T>(
        this Tape<T> tape, Value<T> x, GridShape grid, GridWindow window, int[] order)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = tape.NewValue(x.Data.Batch, window.Over(grid).Count, order.Length * x.Data.Width);
        var op = new GridWindowsOperator<T>(x, grid, window, order, y);
        op.Forward(tape);
        return tape.Record(op);
    }
}
