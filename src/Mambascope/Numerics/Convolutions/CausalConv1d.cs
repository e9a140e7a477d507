using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// Causal depthwise convolution along a scan order (method: step 2 of the Mamba mixer):
/// p[t, e] = bias[e] + sum over k of w[e, 0, k] x[t-K+1+k, e], where t counts scan steps and x is zero before the first.
/// w (E, 1, K): the last tap multiplies the current token. x, p: (Batch, L, E) in token coordinates.
/// </summary>
internal static class CausalConv1d
{
    /// <summary>p = w * x + bias.</summary>
    public static void Forward<T>(Workers workers, Activation<T> x, Weight w, Weight? bias, ScanOrder order, Activation<T> p)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(ForwardKernel(workers, x.AsSingle(), w, bias, order, p.AsSingle()));
            return;
        }

        ForwardPlain(workers, x, w, bias, order, p);
    }

    /// <summary>p = w * x + bias and u = silu(p), in one go over memory.</summary>
    public static void ForwardActivated<T>(
        Workers workers, Activation<T> x, Weight w, Weight? bias, ScanOrder order, Activation<T> p, Activation<T> u)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(
                ForwardKernel(workers, x.AsSingle(), w, bias, order, p.AsSingle()) with { Activated = u.AsSingle() });
            return;
        }

        Forward(workers, x, w, bias, order, p);
        Silu.Forward(workers, p, u);
    }

    /// <summary>dx = wᵀ * dp, or dx += wᵀ * dp.</summary>
    public static void BackwardInput<T>(Workers workers, Activation<T> dp, Weight w, ScanOrder order, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(BackwardKernel(workers, dp.AsSingle(), w, order, dx.AsSingle(), accumulate));
            return;
        }

        BackwardInputPlain(workers, dp, w, order, dx, accumulate);
    }

    /// <summary>dw[e, k] += sum over items and t of dp[t, e] x[t-K+1+k, e].</summary>
    public static void BackwardWeight<T>(Workers workers, Activation<T> dp, Activation<T> x, ScanOrder order, T[] dw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(new ConvWeightKernel(workers, dp.AsSingle(), x.AsSingle(), order, (float[])(object)dw));
            return;
        }

        BackwardWeightPlain(dp, x, order, dw);
    }

    internal static ConvKernel ForwardKernel(
        Workers workers, Activation<float> x, Weight w, Weight? bias, ScanOrder order, Activation<float> p)
        => new(
            workers,
            x,
            ConvTaps.Of(w).Forward,
            bias?.Values<float>(),
            order,
            1 - w.Columns,
            p,
            Accumulate: false);

    internal static ConvKernel BackwardKernel(
        Workers workers, Activation<float> dp, Weight w, ScanOrder order, Activation<float> dx, bool accumulate)
        => new(workers, dp, ConvTaps.Of(w).Backward, Bias: null, order, 0, dx, accumulate);

    internal static void ForwardPlain<T>(Workers workers, Activation<T> x, Weight w, Weight? bias, ScanOrder order, Activation<T> p)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (taps, offsets, K) = (w.Values<T>(), bias?.Values<T>(), w.Columns);
        workers.For(x.Rows, piece =>
        {
            var (item, t) = (piece / x.Length, piece % x.Length);
            var to = p.Row(item, order.Tokens[t]);
            for (var e = 0; e < to.Length; e++)
            {
                to[e] = offsets is null ? T.Zero : offsets[e];
            }

            for (var k = Math.Max(0, K - 1 - t); k < K; k++)
            {
                var from = x.Row(item, order.Tokens[t - K + 1 + k]);
                for (var e = 0; e < to.Length; e++)
                {
                    to[e] += taps[(e * K) + k] * from[e];
                }
            }
        });
    }

    internal static void BackwardInputPlain<T>(
        Workers workers, Activation<T> dp, Weight w, ScanOrder order, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (taps, K) = (w.Values<T>(), w.Columns);
        workers.For(dp.Rows, piece =>
        {
            var (item, s) = (piece / dp.Length, piece % dp.Length);
            var to = dx.Row(item, order.Tokens[s]);
            if (!accumulate)
            {
                to.Clear();
            }

            // x at step s reaches p at steps s, s+1, ..., s+K-1 through taps K-1, K-2, ..., 0.
            for (var t = s; t < Math.Min(s + K, dp.Length); t++)
            {
                var from = dp.Row(item, order.Tokens[t]);
                var k = K - 1 - (t - s);
                for (var e = 0; e < to.Length; e++)
                {
                    to[e] += taps[(e * K) + k] * from[e];
                }
            }
        });
    }

    internal static void BackwardWeightPlain<T>(Activation<T> dp, Activation<T> x, ScanOrder order, T[] dw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var K = dw.Length / dp.Width;
        for (var row = 0; row < dp.Rows; row++)
        {
            var (item, t) = (row / dp.Length, row % dp.Length);
            var g = dp.Row(item, order.Tokens[t]);
            for (var k = Math.Max(0, K - 1 - t); k < K; k++)
            {
                var from = x.Row(item, order.Tokens[t - K + 1 + k]);
                for (var e = 0; e < g.Length; e++)
                {
                    dw[(e * K) + k] += g[e] * from[e];
                }
            }
        }
    }
}
