using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// y = w n + b with n = (x - mean(x)) r and r = 1 / sqrt(variance(x) + epsilon) over the channels of a token (Ba, Kiros and Hinton 2016).
/// Backward, with g = w dy: dx = r (g - mean(g) - n mean(g n)). With the scale held constant (relevance rules) r is a number, the mean
/// is not: dx = r (g - mean(g)). x, y: (Batch, L, Width).
/// </summary>
internal static class LayerNorm
{
    /// <summary>y = w (x - mean) r + b.</summary>
    public static void Forward<T>(Workers workers, Activation<T> x, Weight w, Weight? bias, float epsilon, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(
                new NormForwardKernel(
                    workers, x.AsSingle(), w.Values<float>(), bias?.Values<float>(), epsilon, y.AsSingle(), Centre: true));
            return;
        }

        ForwardPlain(workers, x, w, bias, epsilon, y);
    }

    /// <summary>dx from dy, or dx += it; <paramref name="holdScale"/> treats r as a constant.</summary>
    public static void BackwardInput<T>(
        Workers workers, Activation<T> x, Weight w, float epsilon, Activation<T> dy, Activation<T> dx, bool accumulate, bool holdScale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(
                new NormBackwardKernel(
                    workers, x.AsSingle(), w.Values<float>(), epsilon, dy.AsSingle(), dx.AsSingle(), accumulate, holdScale, Centre: true));
            return;
        }

        BackwardInputPlain(workers, x, w, epsilon, dy, dx, accumulate, holdScale);
    }

    /// <summary>dw += sum over tokens of dy n. The gradient of b is that of a linear layer's bias.</summary>
    public static void BackwardWeight<T>(Workers workers, Activation<T> x, float epsilon, Activation<T> dy, T[] dw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(new NormWeightKernel(workers, x.AsSingle(), epsilon, dy.AsSingle(), (float[])(object)dw, Centre: true));
            return;
        }

        BackwardWeightPlain(x, epsilon, dy, dw);
    }

    internal static void ForwardPlain<T>(Workers workers, Activation<T> x, Weight w, Weight? bias, float epsilon, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (gain, offsets) = (w.Values<T>(), bias?.Values<T>());
        workers.For(x.Rows, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (row) =>
        {
            var from = x.Row(row);
            var to = y.Row(row);
            var (mean, r) = Statistics<T>(from, epsilon);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = (gain[i] * (from[i] - mean) * r) + (offsets is null ? T.Zero : offsets[i]);
            }
        });
    }

    internal static void BackwardInputPlain<T>(
        Workers workers, Activation<T> x, Weight w, float epsilon, Activation<T> dy, Activation<T> dx, bool accumulate, bool holdScale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var gain = w.Values<T>();
        workers.For(x.Rows, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (row) =>
        {
            var from = x.Row(row);
            var dyRow = dy.Row(row);
            var to = dx.Row(row);
            var (mean, r) = Statistics<T>(from, epsilon);
            var (meanG, meanGN) = (T.Zero, T.Zero);
            for (var i = 0; i < from.Length; i++)
            {
                var g = gain[i] * dyRow[i] / T.CreateTruncating(from.Length);
                meanG += g;
                meanGN += holdScale ? T.Zero : g * (from[i] - mean) * r;
            }

            for (var i = 0; i < to.Length; i++)
            {
                var d = r * ((gain[i] * dyRow[i]) - meanG - ((from[i] - mean) * r * meanGN));
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
            var dyRow = dy.Row(row);
            var (mean, r) = Statistics<T>(from, epsilon);
            for (var i = 0; i < from.Length; i++)
            {
                dw[i] += dyRow[i] * (from[i] - mean) * r;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (T Mean, T Scale) Statistics<T>(ReadOnlySpan<T> x, float epsilon)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var count = T.CreateTruncating(x.Length);
        var (sum, squares) = (T.Zero, T.Zero);
        foreach (var value in x)
        {
            sum += value;
        }

        var mean = sum / count;
        foreach (var value in x)
        {
            squares += (value - mean) * (value - mean);
        }

        return (mean, T.One / T.Sqrt((squares / count) + T.CreateTruncating(epsilon)));
    }
}
