using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// The exact Gaussian error linear unit (Hendrycks and Gimpel 2016): y = x Φ(x); dy/dx = Φ(x) + x φ(x), with φ and Φ of
/// <see cref="NormalDistribution{T}"/>. Elementwise over (Batch, L, Width).
/// </summary>
public static class Gelu
{
    /// <summary>y = gelu(x).</summary>
    public static void Forward<T>(Workers workers, Activation<T> x, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(ForwardKernel(workers, x.AsSingle(), y.AsSingle()));
            return;
        }

        ForwardPlain(workers, x, y);
    }

    /// <summary>dx = dy dy/dx, or dx += it.</summary>
    public static void Backward<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(BackwardKernel(workers, x.AsSingle(), dy.AsSingle(), dx.AsSingle(), accumulate));
            return;
        }

        BackwardPlain(workers, x, dy, dx, accumulate, static v => NormalDistribution<T>.Cumulative(v) + (v * NormalDistribution<T>.Density(v)));
    }

    /// <summary>dx = dy Φ(x), or dx += it: the way back when Φ(x) is held constant, so that relevance passes unchanged.</summary>
    public static void BackwardHeldGate<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => BackwardPlain(workers, x, dy, dx, accumulate, NormalDistribution<T>.Cumulative);

    internal static Elementwise<Value> ForwardKernel(Workers workers, Activation<float> x, Activation<float> y)
        => new(workers, x, x, y, Accumulate: false, default);

    internal static Elementwise<Gradient> BackwardKernel(Workers workers, Activation<float> x, Activation<float> dy, Activation<float> dx, bool accumulate)
        => new(workers, x, dy, dx, accumulate, default);

    internal static void ForwardPlain<T>(Workers workers, Activation<T> x, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => workers.For(x.Rows, row =>
        {
            var from = x.Row(row);
            var to = y.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = from[i] * NormalDistribution<T>.Cumulative(from[i]);
            }
        });

    internal static void BackwardPlain<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate, Func<T, T> slope)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => workers.For(x.Rows, row =>
        {
            var from = x.Row(row);
            var g = dy.Row(row);
            var to = dx.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                var d = g[i] * slope(from[i]);
                to[i] = accumulate ? to[i] + d : d;
            }
        });

    internal readonly struct Value : IElementwise
    {
        // x Φ(x) = max(x, 0) - |x| Φ(-|x|)
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var z = TWidth.Abs(a);
            return TWidth.Subtract(TWidth.Max(a, TWidth.Zero), TWidth.Multiply(z, VectorMath<TWidth, TVector>.NormalTail(z)));
        }
    }

    internal readonly struct Gradient : IElementwise
    {
        // Φ(x) = tail + step (1 - 2 tail) with tail = Φ(-|x|) and step 0 or 1 by the sign of x; between them, near 0, tail = 1/2.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var tail = VectorMath<TWidth, TVector>.NormalTail(TWidth.Abs(a));
            var step = TWidth.Min(TWidth.Max(TWidth.Multiply(a, TWidth.Create(1e37f)), TWidth.Zero), TWidth.Create(1));
            var cumulative = TWidth.MultiplyAdd(step, TWidth.Subtract(TWidth.Create(1), TWidth.Add(tail, tail)), tail);

            // Beyond 20 the density is the exponential's floor, which a huge x must not blow up.
            var x = TWidth.Max(TWidth.Min(a, TWidth.Create(20)), TWidth.Create(-20));
            var density = TWidth.Multiply(TWidth.Create(0.3989422804f), VectorMath<TWidth, TVector>.Exp2(TWidth.Multiply(TWidth.Multiply(x, x), TWidth.Create(-0.7213475204f))));
            return TWidth.Multiply(b, TWidth.MultiplyAdd(x, density, cumulative));
        }
    }
}
