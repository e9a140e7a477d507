using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>temp</summary>
public static class SkipConnection
{
    /// <summary>temp</summary>
    public static void Forward<T>(Workers workers, Activation<T> y, Weight d, Activation<T> u, Activation<T> s) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var v = d.Values<T>();
        for (var r = 0; r < y.Rows; r++) for (var i = 0; i < y.Width; i++) s.Row(r)[i] = y.Row(r)[i] + v[i] * u.Row(r)[i];
    }
    /// <summary>temp</summary>
    public static void BackwardInput<T>(Workers workers, Activation<T> ds, Weight d, Activation<T> du, bool accumulate) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var v = d.Values<T>();
        for (var r = 0; r < ds.Rows; r++) for (var i = 0; i < ds.Width; i++) du.Row(r)[i] = (accumulate ? du.Row(r)[i] : T.Zero) + v[i] * ds.Row(r)[i];
    }
    /// <summary>temp</summary>
    public static void BackwardWeight<T>(Activation<T> ds, Activation<T> u, T[] dd) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var r = 0; r < ds.Rows; r++) for (var i = 0; i < ds.Width; i++) dd[i] += ds.Row(r)[i] * u.Row(r)[i];
    }
}
/// <summary>temp</summary>
public static class Sum
{
    /// <summary>temp</summary>
    public static void Forward<T>(Workers workers, Activation<T> a, Activation<T> b, Activation<T> c) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var r = 0; r < a.Rows; r++) for (var i = 0; i < a.Width; i++) c.Row(r)[i] = a.Row(r)[i] + b.Row(r)[i];
    }
    /// <summary>temp</summary>
    public static void Backward<T>(Workers workers, Activation<T> dc, Activation<T> da, bool accumulate) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var r = 0; r < dc.Rows; r++) for (var i = 0; i < dc.Width; i++) da.Row(r)[i] = (accumulate ? da.Row(r)[i] : T.Zero) + dc.Row(r)[i];
    }
}
/// <summary>temp</summary>
public static class Product
{
    /// <summary>temp</summary>
    public static void Forward<T>(Workers workers, Activation<T> a, Activation<T> b, float scale, Activation<T> g) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var s = T.CreateTruncating(scale);
        for (var r = 0; r < a.Rows; r++) for (var i = 0; i < a.Width; i++) g.Row(r)[i] = s * a.Row(r)[i] * b.Row(r)[i];
    }
    /// <summary>temp</summary>
    public static void Backward<T>(Workers workers, Activation<T> dg, Activation<T> other, float scale, Activation<T> d, bool accumulate) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var s = T.CreateTruncating(scale);
        for (var r = 0; r < dg.Rows; r++) for (var i = 0; i < dg.Width; i++) d.Row(r)[i] = (accumulate ? d.Row(r)[i] : T.Zero) + s * dg.Row(r)[i] * other.Row(r)[i];
    }
}
/// <summary>temp</summary>
public static class Unfold
{
    /// <summary>temp</summary>
    public static void Forward<T>(Workers workers, Activation<T> pixels, PatchGrid grid, Activation<T> patches) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var P = grid.PatchSize;
        for (var b = 0; b < pixels.Batch; b++) for (var m = 0; m < grid.Count; m++)
        {
            var row = patches.Row(b, m); var (y0, x0) = (m / grid.Columns * grid.Stride, m % grid.Columns * grid.Stride);
            for (var c = 0; c < grid.Channels; c++) for (var y = 0; y < P; y++) for (var x = 0; x < P; x++)
                row[(((c * P) + y) * P) + x] = pixels.Row(b, (c * grid.ImageHeight) + y0 + y)[x0 + x];
        }
    }
    /// <summary>temp</summary>
    public static void Backward<T>(Workers workers, Activation<T> dPatches, PatchGrid grid, Activation<T> dPixels) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var P = grid.PatchSize;
        for (var b = 0; b < dPixels.Batch; b++) for (var m = 0; m < grid.Count; m++)
        {
            var row = dPatches.Row(b, m); var (y0, x0) = (m / grid.Columns * grid.Stride, m % grid.Columns * grid.Stride);
            for (var c = 0; c < grid.Channels; c++) for (var y = 0; y < P; y++) for (var x = 0; x < P; x++)
                dPixels.Row(b, (c * grid.ImageHeight) + y0 + y)[x0 + x] += row[(((c * P) + y) * P) + x];
        }
    }
}
