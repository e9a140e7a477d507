using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// s = y + D ⊙ u with D (E) for every token: the direct path round a selective scan. The gradient of y is ds itself.
/// y, u, s: (Batch, L, E).
/// </summary>
internal static class SkipConnection
{
    /// <summary>s = y + D ⊙ u; s may be y.</summary>
    public static void Forward<T>(Workers workers, Activation<T> y, Activation<T> u, Weight D, Activation<T> s)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(new Kernel(workers, y.AsSingle(), u.AsSingle(), D.Values<float>(), s.AsSingle(), Add: true));
            return;
        }

        Plain(workers, y, u, D, s, add: true);
    }

    /// <summary>du = D ⊙ ds, or du += D ⊙ ds.</summary>
    public static void BackwardInput<T>(Workers workers, Activation<T> ds, Weight D, Activation<T> du, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(new Kernel(workers, du.AsSingle(), ds.AsSingle(), D.Values<float>(), du.AsSingle(), accumulate));
            return;
        }

        Plain(workers, du, ds, D, du, accumulate);
    }

    /// <summary>dD += sum over items and tokens of ds ⊙ u.</summary>
    public static void BackwardWeight<T>(Workers workers, Activation<T> ds, Activation<T> u, T[] dD)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(WeightKernel(workers, ds.AsSingle(), u.AsSingle(), (float[])(object)dD));
            return;
        }

        BackwardWeightPlain(ds, u, dD);
    }

    /// <summary>result = base + D ⊙ x, or D ⊙ x without <paramref name="add"/>.</summary>
    internal static void Plain<T>(Workers workers, Activation<T> @base, Activation<T> x, Weight D, Activation<T> result, bool add)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factors = D.Values<T>();
        workers.For(result.Rows, row =>
        {
            var from = x.Row(row);
            var start = @base.Row(row);
            var to = result.Row(row);
            for (var e = 0; e < to.Length; e++)
            {
                var value = factors[e] * from[e];
                to[e] = add ? start[e] + value : value;
            }
        });
    }

    internal static void BackwardWeightPlain<T>(Activation<T> ds, Activation<T> u, T[] dD)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < ds.Rows; row++)
        {
            var g = ds.Row(row);
            var from = u.Row(row);
            for (var e = 0; e < g.Length; e++)
            {
                dD[e] += g[e] * from[e];
            }
        }
    }

    internal static ColumnSums<Product.Scaled> WeightKernel(Workers workers, Activation<float> ds, Activation<float> u, float[] dD)
        => new(workers, ds, u, dD, new(1));

    /// <summary>The float form of <see cref="Plain"/>.</summary>
    internal readonly record struct Kernel(
        Workers Workers, Activation<float> Base, Activation<float> X, float[] D, Activation<float> Result, bool Add) : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            Debug.Assert(D.Length == Result.Width && X.Width == Result.Width && X.Rows == Result.Rows, "shapes differ");
            var own = this;
            RowBlocks.For(Workers, Result.Rows, Result.Width, (first, last) => own.Rows<TWidth, TVector>(first, last));
        }

        private unsafe void Rows<TWidth, TVector>(int first, int last)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            fixed (float* start = Base.Buffer, x = X.Buffer, d = D, to = Result.Buffer)
            {
                for (var row = first; row < last; row++)
                {
                    Line<TWidth, TVector>(
                        start + Base.Offset + ((nint)row * Base.RowStride),
                        x + X.Offset + ((nint)row * X.RowStride),
                        d,
                        to + Result.Offset + ((nint)row * Result.RowStride),
                        Result.Width,
                        Add);
                }
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static unsafe void Line<TWidth, TVector>(float* start, float* x, float* d, float* to, int count, bool add)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var e = 0;
            for (; e + TWidth.Lanes <= count; e += TWidth.Lanes)
            {
                var s = add ? TWidth.Load(ref start[e], 0) : TWidth.Zero;
                TWidth.Store(TWidth.MultiplyAdd(TWidth.Load(ref d[e], 0), TWidth.Load(ref x[e], 0), s), ref to[e], 0);
            }

            if (e < count)
            {
                var s = add ? TWidth.LoadFirst(ref start[e], count - e) : TWidth.Zero;
                TWidth.StoreFirst(
                    TWidth.MultiplyAdd(TWidth.LoadFirst(ref d[e], count - e), TWidth.LoadFirst(ref x[e], count - e), s),
                    ref to[e],
                    count - e);
            }
        }
    }
}
