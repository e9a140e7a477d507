using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// What every function of one number gets: its value and its way back over all of (Batch, L, Width), called on the function's type
/// (<c>Silu.Forward(workers, x, y)</c>). Floats run in the widest registers, doubles too where the
/// function has a form for them, other types through the plain loops.
/// </summary>
internal static class FunctionOverTokens
{
    extension<TFunction>(TFunction)
        where TFunction : struct, IVectorFunction
    {
        /// <summary>y = f(x).</summary>
        public static void Forward<T>(Workers workers, Activation<T> x, Activation<T> y)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            if (typeof(T) == typeof(float))
            {
                WidestRegisters.Run(ForwardKernel<TFunction>(workers, x.AsSingle(), y.AsSingle()));
                return;
            }

            if (typeof(T) == typeof(double) && TFunction.TakesDoubles)
            {
                var (from, to) = (x.AsDouble(), y.AsDouble());
                WidestRegisters.RunDouble(
                    new DoubleElementwise<DoubleValues<TFunction>>(workers, from, from, from, to, Accumulate: false, default));
                return;
            }

            ForwardPlain<TFunction, T>(workers, x, y);
        }

        /// <summary>dx = dy f'(x), or dx += dy f'(x). dx may be dy.</summary>
        public static void Backward<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            if (typeof(T) == typeof(float))
            {
                WidestRegisters.Run(BackwardKernel<TFunction>(workers, x.AsSingle(), dy.AsSingle(), dx.AsSingle(), accumulate));
                return;
            }

            if (typeof(T) == typeof(double) && TFunction.TakesDoubles)
            {
                var (at, from) = (x.AsDouble(), dy.AsDouble());
                WidestRegisters.RunDouble(
                    new DoubleElementwise<DoubleAdjoints<TFunction>>(workers, at, from, from, dx.AsDouble(), accumulate, default));
                return;
            }

            BackwardPlain<TFunction, T>(workers, x, dy, dx, accumulate);
        }

        public static Elementwise<Values<TFunction>> ForwardKernel(Workers workers, Activation<float> x, Activation<float> y)
            => new(workers, x, x, y, Accumulate: false, default);

        public static Elementwise<Adjoints<TFunction>> BackwardKernel(
            Workers workers, Activation<float> x, Activation<float> dy, Activation<float> dx, bool accumulate)
            => new(workers, x, dy, dx, accumulate, default);
    }

    extension<TFunction>(TFunction)
        where TFunction : struct, IFunction
    {
        public static void ForwardPlain<T>(Workers workers, Activation<T> x, Activation<T> y)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => workers.For(x.Rows, row =>
            {
                var from = x.Row(row);
                var to = y.Row(row);
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] = TFunction.Value(from[i]);
                }
            });

        public static void BackwardPlain<T>(Workers workers, Activation<T> x, Activation<T> dy, Activation<T> dx, bool accumulate)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => workers.For(x.Rows, row =>
            {
                var from = x.Row(row);
                var g = dy.Row(row);
                var to = dx.Row(row);
                for (var i = 0; i < to.Length; i++)
                {
                    var d = TFunction.Adjoint(from[i], g[i]);
                    to[i] = accumulate ? to[i] + d : d;
                }
            });
    }

    /// <summary>f(a).</summary>
    internal readonly struct Values<TFunction> : IElementwise
        where TFunction : struct, IVectorFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => TFunction.Value<TWidth, TVector>(a);
    }

    /// <summary>b f'(a).</summary>
    internal readonly struct Adjoints<TFunction> : IElementwise
        where TFunction : struct, IVectorFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => TFunction.Adjoint<TWidth, TVector>(a, b);
    }

    /// <summary>f(a), in double precision.</summary>
    internal readonly struct DoubleValues<TFunction> : IDoubleFunction
        where TFunction : struct, IVectorFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b, TVector c)
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
            => TFunction.ValueOfDoubles<TWidth, TVector>(a);
    }

    /// <summary>b f'(a), in double precision.</summary>
    internal readonly struct DoubleAdjoints<TFunction> : IDoubleFunction
        where TFunction : struct, IVectorFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b, TVector c)
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
            => TFunction.AdjointOfDoubles<TWidth, TVector>(a, b);
    }
}
