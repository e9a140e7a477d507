using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// Softmax over the columns of each row, of scaled scores: a[j] = exp(scale x[j]) / sum over k of exp(scale x[k]). Causal: row i of
/// each L x L matrix sees columns 0 to i only, the others become 0. The largest score is taken off first, so nothing overflows.
/// Way back, for the unscaled score: dx = scale a ⊙ (da - sum(da ⊙ a)).
/// </summary>
internal static class Softmax
{
    /// <summary>a from x in place: (Batch, H L, L) with square matrices one below the other.</summary>
    public static void Forward<T>(Workers workers, Activation<T> x, double scale, bool isCausal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(new ForwardKernel(workers, x.AsSingle(), (float)scale, isCausal));
            return;
        }

        ForwardPlain(workers, x, scale, isCausal);
    }

    /// <summary>
    /// Some rows in place, of which row i sees columns [0, before + i]; the others become 0, those that are undefined as well.
    /// </summary>
    public static void CausalRows(MatrixView x, int before, float scale) => WidestRegisters.Run(new CausalRowsKernel(x, before, scale));

    /// <summary>dx from a and da; dx may be da.</summary>
    public static void Backward<T>(Workers workers, Activation<T> a, Activation<T> da, double scale, Activation<T> dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(new BackwardKernel(workers, a.AsSingle(), da.AsSingle(), (float)scale, dx.AsSingle()));
            return;
        }

        BackwardPlain(workers, a, da, scale, dx);
    }

    internal static void ForwardPlain<T>(Workers workers, Activation<T> x, double scale, bool isCausal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => workers.For(x.Rows, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (index) =>
        {
            var row = x.Row(index);
            var seen = isCausal ? row[..((index % row.Length) + 1)] : row;
            row[seen.Length..].Clear();
            var top = seen[0];
            foreach (var value in seen)
            {
                top = T.Max(top, value);
            }

            var sum = T.Zero;
            foreach (ref var value in seen)
            {
                value = T.Exp((value - top) * T.CreateTruncating(scale));
                sum += value;
            }

            foreach (ref var value in seen)
            {
                value /= sum;
            }
        });

    internal static void BackwardPlain<T>(Workers workers, Activation<T> a, Activation<T> da, double scale, Activation<T> dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => workers.For(a.Rows, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (index) =>
        {
            var p = a.Row(index);
            var g = da.Row(index);
            var to = dx.Row(index);
            var sum = T.Zero;
            for (var j = 0; j < p.Length; j++)
            {
                sum += p[j] * g[j];
            }

            for (var j = 0; j < p.Length; j++)
            {
                to[j] = T.CreateTruncating(scale) * p[j] * (g[j] - sum);
            }
        });

    internal readonly record struct ForwardKernel(Workers Workers, Activation<float> X, float Scale, bool IsCausal) : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var own = this;
            RowBlocks.For(Workers, X.Rows, X.Width, (first, last) => own.Rows<TWidth, TVector>(first, last));
        }

        private unsafe void Rows<TWidth, TVector>(int first, int last)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            fixed (float* x = X.Buffer)
            {
                for (var row = first; row < last; row++)
                {
                    var count = IsCausal ? (row % X.Width) + 1 : X.Width;
                    var line = x + X.Offset + ((nint)row * X.RowStride);
                    Line<TWidth, TVector>(line, count, Scale);
                    new Span<float>(line + count, X.Width - count).Clear();
                }
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        internal static unsafe void Line<TWidth, TVector>(float* x, int count, float scale)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            // The largest value: lanes first, then across them; what fills no register one by one.
            var top = x[0];
            var i = 0;
            if (count >= TWidth.Lanes)
            {
                var tops = TWidth.Load(ref *x, 0);
                for (; i + TWidth.Lanes <= count; i += TWidth.Lanes)
                {
                    tops = TWidth.Max(tops, TWidth.Load(ref x[i], 0));
                }

                var lanes = stackalloc float[16];
                TWidth.Store(tops, ref *lanes, 0);
                for (var lane = 0; lane < TWidth.Lanes; lane++)
                {
                    top = MathF.Max(top, lanes[lane]);
                }
            }

            for (; i < count; i++)
            {
                top = MathF.Max(top, x[i]);
            }

            // 2^(s x - s top) with s = scale log2(e).
            TVector s = TWidth.Create(scale * VectorMath<TWidth, TVector>.Log2E), shift = TWidth.Create(top), sum = TWidth.Zero;
            for (i = 0; i + TWidth.Lanes <= count; i += TWidth.Lanes)
            {
                var e = VectorMath<TWidth, TVector>.Exp2(TWidth.Multiply(s, TWidth.Subtract(TWidth.Load(ref x[i], 0), shift)));
                sum = TWidth.Add(sum, e);
                TWidth.Store(e, ref x[i], 0);
            }

            var rest = count - i;
            if (rest > 0)
            {
                // Lanes beyond the row hold noise until they are read back, as zeros.
                TWidth.StoreFirst(
                    VectorMath<TWidth, TVector>.Exp2(TWidth.Multiply(s, TWidth.Subtract(TWidth.LoadFirst(ref x[i], rest), shift))),
                    ref x[i],
                    rest);
                sum = TWidth.Add(sum, TWidth.LoadFirst(ref x[i], rest));
            }

            var share = TWidth.Create(1 / TWidth.Sum(sum));
            for (i = 0; i + TWidth.Lanes <= count; i += TWidth.Lanes)
            {
                TWidth.Store(TWidth.Multiply(TWidth.Load(ref x[i], 0), share), ref x[i], 0);
            }

            if (rest > 0)
            {
                TWidth.StoreFirst(TWidth.Multiply(TWidth.LoadFirst(ref x[i], rest), share), ref x[i], rest);
            }
        }
    }

    private readonly record struct CausalRowsKernel(MatrixView X, int Before, float Scale) : IWidthKernel
    {
        public unsafe void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            fixed (float* x = X.Buffer)
            {
                for (var row = 0; row < X.Rows; row++)
                {
                    var line = x + X.Offset + ((nint)row * X.RowStep);
                    var count = Before + row + 1;
                    ForwardKernel.Line<TWidth, TVector>(line, count, Scale);
                    new Span<float>(line + count, X.Columns - count).Clear();
                }
            }
        }
    }

    internal readonly record struct BackwardKernel(
        Workers Workers, Activation<float> A, Activation<float> DA, float Scale, Activation<float> DX) : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var own = this;
            RowBlocks.For(Workers, A.Rows, A.Width, (first, last) => own.Rows<TWidth, TVector>(first, last));
        }

        private unsafe void Rows<TWidth, TVector>(int first, int last)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            fixed (float* a = A.Buffer, da = DA.Buffer, dx = DX.Buffer)
            {
                for (var row = first; row < last; row++)
                {
                    Line<TWidth, TVector>(
                        a + A.Offset + ((nint)row * A.RowStride),
                        da + DA.Offset + ((nint)row * DA.RowStride),
                        dx + DX.Offset + ((nint)row * DX.RowStride),
                        A.Width,
                        Scale);
                }
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static unsafe void Line<TWidth, TVector>(float* a, float* da, float* dx, int count, float scale)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var sums = TWidth.Zero;
            var i = 0;
            for (; i + TWidth.Lanes <= count; i += TWidth.Lanes)
            {
                sums = TWidth.MultiplyAdd(TWidth.Load(ref a[i], 0), TWidth.Load(ref da[i], 0), sums);
            }

            var rest = count - i;
            if (rest > 0)
            {
                sums = TWidth.MultiplyAdd(TWidth.LoadFirst(ref a[i], rest), TWidth.LoadFirst(ref da[i], rest), sums);
            }

            TVector sum = TWidth.Create(TWidth.Sum(sums)), s = TWidth.Create(scale);
            for (i = 0; i + TWidth.Lanes <= count; i += TWidth.Lanes)
            {
                TWidth.Store(
                    TWidth.Multiply(TWidth.Multiply(s, TWidth.Load(ref a[i], 0)), TWidth.Subtract(TWidth.Load(ref da[i], 0), sum)),
                    ref dx[i],
                    0);
            }

            if (rest > 0)
            {
                TWidth.StoreFirst(
                    TWidth.Multiply(
                        TWidth.Multiply(s, TWidth.LoadFirst(ref a[i], rest)),
                        TWidth.Subtract(TWidth.LoadFirst(ref da[i], rest), sum)),
                    ref dx[i],
                    rest);
            }
        }
    }
}
