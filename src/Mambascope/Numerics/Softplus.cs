using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>y = ln(1 + e^x), computed as max(x, 0) + ln(1 + e^-|x|) so that it never overflows; dy/dx = sigmoid(x). Elementwise over (Batch, L, Width).</summary>
public static class Softplus
{
    /// <summary>y = softplus(x).</summary>
    public static void Forward<T>(Workers workers, Activation<T> x, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => ForwardPlain(workers, x, y);

    /// <summary>dx = dy dy/dx, or dx += dy dy/dx.</summary>
    public static void Backward<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => BackwardPlain(workers, x, dy, dx, accumulate);

    internal static void ForwardPlain<T>(Workers workers, Activation<T> x, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => workers.For(x.Rows, row =>
        {
            var from = x.Row(row);
            var to = y.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = T.Max(from[i], T.Zero) + T.LogP1(T.Exp(-T.Abs(from[i])));
            }
        });

    internal static void BackwardPlain<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => workers.For(x.Rows, row =>
        {
            var from = x.Row(row);
            var g = dy.Row(row);
            var to = dx.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                var d = g[i] * (T.One / (T.One + T.Exp(-from[i])));
                to[i] = accumulate ? to[i] + d : d;
            }
        });
}
