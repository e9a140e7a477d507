using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// Convolution over a grid of tokens as a matrix product over <see cref="GridPatches"/>: y = w * x + bias, w (outputs, C, K, K) as a
/// cross-correlation. x (Batch, H W, C), y (Batch, windows, outputs).
/// </summary>
internal static class Conv2d
{
    /// <summary>y.</summary>
    public static void Forward<T>(
        Workers workers, BufferPool<T> pool, Activation<T> x, Weight w, Weight? bias, GridShape grid, GridWindow window, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var patches = Patches(workers, pool, x, grid, window);
        Linear.Forward(workers, patches, ByPlace<T>(w), bias, y);
        pool.Return(patches);
    }

    /// <summary>dx from dy, or dx += it.</summary>
    public static void BackwardInput<T>(
        Workers workers,
        BufferPool<T> pool,
        Activation<T> dy,
        Weight w,
        GridShape grid,
        GridWindow window,
        Activation<T> dx,
        bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var dPatches = pool.Rent(dy.Batch, dy.Length, w.Columns);
        Linear.BackwardInput(workers, dy, ByPlace<T>(w), dPatches, accumulate: false);
        GridPatches.Backward(workers, dPatches, grid, window, dx, accumulate);
        pool.Return(dPatches);
    }

    /// <summary>dw += dyᵀ patches.</summary>
    public static void BackwardWeight<T>(
        Workers workers, BufferPool<T> pool, Activation<T> dy, Activation<T> x, GridShape grid, GridWindow window, T[] dw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var patches = Patches(workers, pool, x, grid, window);
        var byPlace = new T[dw.Length];
        Linear.BackwardWeight(workers, dy, patches, byPlace);
        pool.Return(patches);
        var (area, C) = (window.Kernel * window.Kernel, x.Width);
        for (var i = 0; i < dw.Length; i++)
        {
            dw[i] += byPlace[Place(i, area, C)];
        }
    }

    private static Activation<T> Patches<T>(Workers workers, BufferPool<T> pool, Activation<T> x, GridShape grid, GridWindow window)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var patches = pool.Rent(x.Batch, window.Over(grid).Count, window.Kernel * window.Kernel * x.Width);
        GridPatches.Forward(workers, x, grid, window, patches);
        return patches;
    }

    // Columns in the order (row, column, channel) of the patches. Kept for floats; doubles follow the weight as it is.
    private static Weight ByPlace<T>(Weight w)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => typeof(T) == typeof(float) ? w.Derived(Turned) : Turned(w);

    private static Weight Turned(Weight w)
    {
        var (C, area) = (w.Shape[1], w.Columns / w.Shape[1]);
        var (from, to) = (w.Values<float>(), new float[w.Count]);
        for (var i = 0; i < from.Length; i++)
        {
            to[Place(i, area, C)] = from[i];
        }

        return new(w.Name, to, w.Rows, w.Columns);
    }

    // Where element i = (output, channel, place) of a weight lies as (output, place, channel).
    private static int Place(int i, int area, int C)
    {
        var (output, channel, place) = (i / (area * C), i / area % C, i % area);
        return (((output * area) + place) * C) + channel;
    }
}
