using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>y = x sigmoid(x); dy/dx = s (1 + x (1 - s)) with s = sigmoid(x). Elementwise over (Batch, L, Width).</summary>
public static class Silu
{
    /// <summary>y = silu(x).</summary>
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

    /// <summary>dx = dy dy/dx, or dx += dy dy/dx.</summary>
    public static void Backward<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(BackwardKernel(workers, x.AsSingle(), dy.AsSingle(), dx.AsSingle(), accumulate));
            return;
        }

        BackwardPlain(workers, x, dy, dx, accumulate);
    }

    /// <summary>dx = dy sigmoid(x), or dx += dy sigmoid(x): the way back when the sigmoid is held constant. dx may be dy.</summary>
    public static void BackwardHeldSigmoid<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(HeldSigmoidKernel(workers, x.AsSingle(), dy.AsSingle(), dx.AsSingle(), accumulate));
            return;
        }

        BackwardHeldSigmoidPlain(workers, x, dy, dx, accumulate);
    }

    internal static Elementwise<HeldSigmoid> HeldSigmoidKernel(Workers workers, Activation<float> x, Activation<float> dy, Activation<float> dx, bool accumulate)
        => new(workers, x, dy, dx, accumulate, default);

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
                to[i] = from[i] / (T.One + T.Exp(-from[i]));
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
                var s = T.One / (T.One + T.Exp(-from[i]));
                var d = g[i] * (s * (T.One + (from[i] * (T.One - s))));
                to[i] = accumulate ? to[i] + d : d;
            }
        });

    internal static void BackwardHeldSigmoidPlain<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => workers.For(x.Rows, row =>
        {
            var from = x.Row(row);
            var g = dy.Row(row);
            var to = dx.Row(row);
            for (var i = 0; i < to.Length; i++)
            {
                var d = g[i] / (T.One + T.Exp(-from[i]));
                to[i] = accumulate ? to[i] + d : d;
            }
        });

    internal readonly struct HeldSigmoid : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => TWidth.Multiply(b, VectorMath<TWidth, TVector>.Sigmoid(a));
    }

    internal readonly struct Value : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => TWidth.Multiply(a, VectorMath<TWidth, TVector>.Sigmoid(a));
    }

    internal readonly struct Gradient : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var s = VectorMath<TWidth, TVector>.Sigmoid(a);
            var slope = TWidth.MultiplyAdd(s, TWidth.Subtract(a, TWidth.Multiply(a, s)), s);
            return TWidth.Multiply(b, slope);
        }
    }
}
