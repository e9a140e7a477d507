using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// y = w x r with r = 1 / sqrt(mean(x²) + epsilon) over the channels of a token (Zhang and Sennrich 2019).
/// Backward: dx = r (w dy) - x r³ mean(w dy x). With the scale held constant (relevance rules) only the first term.
/// </summary>
internal static class RmsNorm
{
    /// <summary>y = w x / rms(x); x, y (Batch, L, Width).</summary>
    public static void Forward<T>(Workers workers, Activation<T> x, Weight w, float epsilon, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(
                new NormForwardKernel(workers, x.AsSingle(), w.Values<float>(), Bias: null, epsilon, y.AsSingle(), Centre: false));
            return;
        }

        ForwardPlain(workers, x, w, epsilon, y);
    }

    /// <summary>dx from dy; <paramref name="holdScale"/> treats r as a constant.</summary>
    public static void BackwardInput<T>(
        Workers workers, Activation<T> x, Weight w, float epsilon, Activation<T> dy, Activation<T> dx, bool accumulate, bool holdScale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(
                new NormBackwardKernel(
                    workers, x.AsSingle(), w.Values<float>(), epsilon, dy.AsSingle(), dx.AsSingle(), accumulate, holdScale, Centre: false));
            return;
        }

        BackwardInputPlain(workers, x, w, epsilon, dy, dx, accumulate, holdScale);
    }

    /// <summary>dw += sum over tokens of dy x r.</summary>
    public static void BackwardWeight<T>(Workers workers, Activation<T> x, float epsilon, Activation<T> dy, T[] dw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(new NormWeightKernel(workers, x.AsSingle(), epsilon, dy.AsSingle(), (float[])(object)dw, Centre: false));
            return;
        }

        BackwardWeightPlain(x, epsilon, dy, dw);
    }

    internal static void ForwardPlain<T>(Workers workers, Activation<T> x, Weight w, float epsilon, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var gain = w.Values<T>();
        workers.For(x.Rows, row =>
        {
            var from = x.Row(row);
            var to = y.Row(row);
            var r = Scale<T>(from, epsilon);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = gain[i] * from[i] * r;
            }
        });
    }

    internal static void BackwardInputPlain<T>(
        Workers workers, Activation<T> x, Weight w, float epsilon, Activation<T> dy, Activation<T> dx, bool accumulate, bool holdScale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var gain = w.Values<T>();
        workers.For(x.Rows, row =>
        {
            var from = x.Row(row);
            var g = dy.Row(row);
            var to = dx.Row(row);
            var r = Scale<T>(from, epsilon);
            var mean = T.Zero;
            for (var i = 0; i < from.Length && !holdScale; i++)
            {
                mean += gain[i] * g[i] * from[i] / T.CreateTruncating(from.Length);
            }

            for (var i = 0; i < to.Length; i++)
            {
                var d = r * ((gain[i] * g[i]) - (from[i] * r * r * mean));
                to[i] = accumulate ? to[i] + d : d;
            }
        });
    }

    internal static void BackwardWeightPlain<T>(Activation<T> x, float epsilon, Activation<T> dy, T[] dw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < x.Rows; row++)
        {
            var from = x.Row(row);
            var g = dy.Row(row);
            var r = Scale<T>(from, epsilon);
            for (var i = 0; i < from.Length; i++)
            {
                dw[i] += g[i] * from[i] * r;
            }
        }
    }

    private static T Scale<T>(ReadOnlySpan<T> x, float epsilon)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        foreach (var value in x)
        {
            sum += value * value;
        }

        return T.One / T.Sqrt((sum / T.CreateTruncating(x.Length)) + T.CreateTruncating(epsilon));
    }
}
