using System.Diagnostics;
using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// Depthwise convolution over a grid of tokens, zeros outside, the grid's size kept (K odd):
/// p[(r, c), e] = bias[e] + sum over a, b of w[e, 0, a, b] x[(r + a - K/2, c + b - K/2), e]. x, p: (Batch, L, E) with L = H W, row by row;
/// w (E, 1, K, K), as a cross-correlation.
/// </summary>
internal static class DepthwiseConv2d
{
    /// <summary>p = w * x + bias.</summary>
    public static void Forward<T>(Workers workers, Activation<T> x, Weight w, Weight? bias, GridShape grid, Activation<T> p)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Debug.Assert(grid.Count == x.Length, "the tokens do not fill the grid");
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(
                new GridConvKernel(
                    workers, x.AsSingle(), ConvTaps.Of(w).Forward, bias?.Values<float>(), grid, p.AsSingle(), Accumulate: false));
            return;
        }

        CorrelatePlain(workers, x, w.Values<T>(), bias?.Values<T>(), grid, p, accumulate: false);
    }

    /// <summary>dx from dp, or dx += it: the correlation with the taps turned by half a turn.</summary>
    public static void BackwardInput<T>(Workers workers, Activation<T> dp, Weight w, GridShape grid, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(
                new GridConvKernel(workers, dp.AsSingle(), ConvTaps.Of(w).Backward, Bias: null, grid, dx.AsSingle(), accumulate));
            return;
        }

        CorrelatePlain(workers, dp, Turned(w.Values<T>(), dp.Width), bias: null, grid, dx, accumulate);
    }

    /// <summary>dw += sum over items and tokens of dp times what the tap met.</summary>
    public static void BackwardWeight<T>(Workers workers, Activation<T> dp, Activation<T> x, GridShape grid, T[] dw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(new GridConvWeightKernel(workers, dp.AsSingle(), x.AsSingle(), grid, (float[])(object)dw));
            return;
        }

        BackwardWeightPlain(dp, x, grid, dw);
    }

    /// <summary>Side of a square filter from its number of taps.</summary>
    internal static int Side(int taps) => (int)Math.Round(Math.Sqrt(taps));

    internal static void CorrelatePlain<T>(
        Workers workers, Activation<T> x, T[] taps, T[]? bias, GridShape grid, Activation<T> p, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var area = taps.Length / x.Width;
        var K = Side(area);
        workers.For(x.Rows, row =>
        {
            var (item, token) = (row / x.Length, row % x.Length);
            var to = p.Row(row);
            for (var e = 0; e < to.Length; e++)
            {
                to[e] = (accumulate ? to[e] : T.Zero) + (bias is null ? T.Zero : bias[e]);
            }

            for (var k = 0; k < area; k++)
            {
                var met = grid.Token((token / grid.Columns) + (k / K) - (K / 2), (token % grid.Columns) + (k % K) - (K / 2));
                if (met < 0)
                {
                    continue;
                }

                var from = x.Row(item, met);
                for (var e = 0; e < to.Length; e++)
                {
                    to[e] += taps[(e * area) + k] * from[e];
                }
            }
        });
    }

    internal static void BackwardWeightPlain<T>(Activation<T> dp, Activation<T> x, GridShape grid, T[] dw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var area = dw.Length / dp.Width;
        var K = Side(area);
        for (var row = 0; row < dp.Rows; row++)
        {
            var (item, token) = (row / dp.Length, row % dp.Length);
            var g = dp.Row(row);
            for (var k = 0; k < area; k++)
            {
                var met = grid.Token((token / grid.Columns) + (k / K) - (K / 2), (token % grid.Columns) + (k % K) - (K / 2));
                if (met < 0)
                {
                    continue;
                }

                var from = x.Row(item, met);
                for (var e = 0; e < g.Length; e++)
                {
                    dw[(e * area) + k] += g[e] * from[e];
                }
            }
        }
    }

    private static T[] Turned<T>(T[] taps, int channels)
    {
        var area = taps.Length / channels;
        var turned = new T[taps.Length];
        for (var i = 0; i < taps.Length; i++)
        {
            turned[i] = taps[(i / area * area) + area - 1 - (i % area)];
        }

        return turned;
    }
}
