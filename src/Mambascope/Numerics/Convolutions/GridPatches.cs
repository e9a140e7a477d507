using System.Numerics;
using System.Numerics.Tensors;

namespace Mambascope.Numerics;

/// <summary>How a convolution steps over a grid of tokens.</summary>
/// <param name="Kernel">Side of its window, K.</param>
/// <param name="Stride">Tokens from one window to the next.</param>
/// <param name="Padding">Zeros around the grid.</param>
/// <param name="Overhang">Zeros that a last window may read right of and below it.</param>
internal readonly record struct GridWindow(int Kernel, int Stride, int Padding, int Overhang = 0)
{
    /// <summary>Windows along the rows and columns of a grid.</summary>
    public GridShape Over(GridShape grid) => new(Over(grid.Rows), Over(grid.Columns));

    private int Over(int length) => ((length + (2 * Padding) + Overhang - Kernel) / Stride) + 1;
}

/// <summary>
/// Windows of a grid of tokens as rows, the input of a convolution as a matrix product: (Batch, H W, C) to (Batch, windows, K K C), each
/// window in the order (row, column, channel), so that channels are copied as they lie. Zeros outside the grid. Copies only: one form for
/// every type.
/// </summary>
internal static class GridPatches
{
    /// <summary>patches[window, (a, b, c)] = x[(row + a, column + b), c].</summary>
    public static void Forward<T>(Workers workers, Activation<T> x, GridShape grid, GridWindow window, Activation<T> patches)
        where T : unmanaged
    {
        var (over, K, C) = (window.Over(grid), window.Kernel, x.Width);
        workers.For(x.Batch * over.Rows, piece =>
        {
            var (item, row) = (piece / over.Rows, piece % over.Rows);
            for (var column = 0; column < over.Columns; column++)
            {
                var to = patches.Row(item, (row * over.Columns) + column);
                for (var k = 0; k < K * K; k++)
                {
                    var token = Met(grid, window, row, column, k);
                    var part = to.Slice(k * C, C);
                    if (token < 0)
                    {
                        part.Clear();
                    }
                    else
                    {
                        x.Row(item, token).CopyTo(part);
                    }
                }
            }
        });
    }

    /// <summary>dx = the sum of what the windows that cover a token receive (the adjoint of <see cref="Forward"/>), or dx += it.</summary>
    public static void Backward<T>(
        Workers workers, Activation<T> dPatches, GridShape grid, GridWindow window, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (over, K, C) = (window.Over(grid), window.Kernel, dx.Width);

        // A token gathers from the windows it lies in, in their own order: no two threads write to one token.
        workers.For(dx.Batch * grid.Rows, piece =>
        {
            var (item, row) = (piece / grid.Rows, piece % grid.Rows);
            for (var column = 0; column < grid.Columns; column++)
            {
                var to = dx.Row(item, (row * grid.Columns) + column);
                if (!accumulate)
                {
                    to.Clear();
                }

                for (var k = 0; k < K * K; k++)
                {
                    var (down, across) = (row + window.Padding - (k / K), column + window.Padding - (k % K));
                    if (down < 0 || across < 0 || down % window.Stride != 0 || across % window.Stride != 0)
                    {
                        continue;
                    }

                    var at = over.Token(down / window.Stride, across / window.Stride);
                    if (at >= 0)
                    {
                        TensorPrimitives.Add(to, dPatches.Row(item, at).Slice(k * C, C), to);
                    }
                }
            }
        });
    }

    // The token under place k of the window at (row, column), or -1.
    private static int Met(GridShape grid, GridWindow window, int row, int column, int k)
        => grid.Token(
            (row * window.Stride) - window.Padding + (k / window.Kernel), (column * window.Stride) - window.Padding + (k % window.Kernel));
}
