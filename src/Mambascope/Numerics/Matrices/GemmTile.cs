using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <summary>
/// The micro-kernels of <see cref="Gemm"/>: one tile of C = A B held in registers while the inner dimension runs by. Per step of the
/// inner dimension a tile of r rows and v registers reads v registers of B and r broadcast floats of A and does r * v multiply-adds.
/// 12 rows x 2 registers fill the 32 registers of AVX-512 (24 sums, 2 of B, 1 of A); 6 x 2 fill the 16 of AVX and SSE. The sums are
/// local variables with names, since only those are sure to become registers. Every element is summed in the order of the inner
/// dimension whatever the tile, so which tile computed it does not show in the result.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class GemmTile<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>Columns of a full tile: two registers.</summary>
    public static int Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TWidth.Lanes;
    }

    /// <summary>Rows of a full tile.</summary>
    public static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TWidth.Lanes == 16 ? 12 : 6;
    }

    /// <summary>
    /// C[0..12, 0..2 lanes] = A B + start, or += A B. A: element (i, k) at a[k * aStep + i]. B: row k at b[k * bStep].
    /// <paramref name="start"/> is one value per column (a bias) or null.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply12x2(nint inner, float* a, nint aStep, float* b, nint bStep, float* c, nint cStep, float* start, bool add)
    {
        TVector c00 = TWidth.Zero, c01 = TWidth.Zero, c10 = TWidth.Zero, c11 = TWidth.Zero, c20 = TWidth.Zero, c21 = TWidth.Zero;
        TVector c30 = TWidth.Zero, c31 = TWidth.Zero, c40 = TWidth.Zero, c41 = TWidth.Zero, c50 = TWidth.Zero, c51 = TWidth.Zero;
        TVector c60 = TWidth.Zero, c61 = TWidth.Zero, c70 = TWidth.Zero, c71 = TWidth.Zero, c80 = TWidth.Zero, c81 = TWidth.Zero;
        TVector c90 = TWidth.Zero, c91 = TWidth.Zero, ca0 = TWidth.Zero, ca1 = TWidth.Zero, cb0 = TWidth.Zero, cb1 = TWidth.Zero;
        Fetch(c, cStep, 12);
        for (; inner > 0; inner--)
        {
            var b0 = TWidth.Load(ref *b, 0);
            var b1 = TWidth.Load(ref *b, (nuint)TWidth.Lanes);
            var s = TWidth.Create(a[0]);
            c00 = TWidth.MultiplyAdd(s, b0, c00);
            c01 = TWidth.MultiplyAdd(s, b1, c01);
            s = TWidth.Create(a[1]);
            c10 = TWidth.MultiplyAdd(s, b0, c10);
            c11 = TWidth.MultiplyAdd(s, b1, c11);
            s = TWidth.Create(a[2]);
            c20 = TWidth.MultiplyAdd(s, b0, c20);
            c21 = TWidth.MultiplyAdd(s, b1, c21);
            s = TWidth.Create(a[3]);
            c30 = TWidth.MultiplyAdd(s, b0, c30);
            c31 = TWidth.MultiplyAdd(s, b1, c31);
            s = TWidth.Create(a[4]);
            c40 = TWidth.MultiplyAdd(s, b0, c40);
            c41 = TWidth.MultiplyAdd(s, b1, c41);
            s = TWidth.Create(a[5]);
            c50 = TWidth.MultiplyAdd(s, b0, c50);
            c51 = TWidth.MultiplyAdd(s, b1, c51);
            s = TWidth.Create(a[6]);
            c60 = TWidth.MultiplyAdd(s, b0, c60);
            c61 = TWidth.MultiplyAdd(s, b1, c61);
            s = TWidth.Create(a[7]);
            c70 = TWidth.MultiplyAdd(s, b0, c70);
            c71 = TWidth.MultiplyAdd(s, b1, c71);
            s = TWidth.Create(a[8]);
            c80 = TWidth.MultiplyAdd(s, b0, c80);
            c81 = TWidth.MultiplyAdd(s, b1, c81);
            s = TWidth.Create(a[9]);
            c90 = TWidth.MultiplyAdd(s, b0, c90);
            c91 = TWidth.MultiplyAdd(s, b1, c91);
            s = TWidth.Create(a[10]);
            ca0 = TWidth.MultiplyAdd(s, b0, ca0);
            ca1 = TWidth.MultiplyAdd(s, b1, ca1);
            s = TWidth.Create(a[11]);
            cb0 = TWidth.MultiplyAdd(s, b0, cb0);
            cb1 = TWidth.MultiplyAdd(s, b1, cb1);
            a += aStep;
            b += bStep;
        }

        var s0 = start is null ? TWidth.Zero : TWidth.Load(ref *start, 0);
        var s1 = start is null ? TWidth.Zero : TWidth.Load(ref *start, (nuint)TWidth.Lanes);
        Put(c, c00, c01, s0, s1, add);
        Put(c += cStep, c10, c11, s0, s1, add);
        Put(c += cStep, c20, c21, s0, s1, add);
        Put(c += cStep, c30, c31, s0, s1, add);
        Put(c += cStep, c40, c41, s0, s1, add);
        Put(c += cStep, c50, c51, s0, s1, add);
        Put(c += cStep, c60, c61, s0, s1, add);
        Put(c += cStep, c70, c71, s0, s1, add);
        Put(c += cStep, c80, c81, s0, s1, add);
        Put(c += cStep, c90, c91, s0, s1, add);
        Put(c += cStep, ca0, ca1, s0, s1, add);
        Put(c += cStep, cb0, cb1, s0, s1, add);
    }

    /// <summary>Six rows of <see cref="Multiply12x2"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply6x2(nint inner, float* a, nint aStep, float* b, nint bStep, float* c, nint cStep, float* start, bool add)
    {
        TVector c00 = TWidth.Zero, c01 = TWidth.Zero, c10 = TWidth.Zero, c11 = TWidth.Zero, c20 = TWidth.Zero, c21 = TWidth.Zero;
        TVector c30 = TWidth.Zero, c31 = TWidth.Zero, c40 = TWidth.Zero, c41 = TWidth.Zero, c50 = TWidth.Zero, c51 = TWidth.Zero;
        Fetch(c, cStep, 6);
        for (; inner > 0; inner--)
        {
            var b0 = TWidth.Load(ref *b, 0);
            var b1 = TWidth.Load(ref *b, (nuint)TWidth.Lanes);
            var s = TWidth.Create(a[0]);
            c00 = TWidth.MultiplyAdd(s, b0, c00);
            c01 = TWidth.MultiplyAdd(s, b1, c01);
            s = TWidth.Create(a[1]);
            c10 = TWidth.MultiplyAdd(s, b0, c10);
            c11 = TWidth.MultiplyAdd(s, b1, c11);
            s = TWidth.Create(a[2]);
            c20 = TWidth.MultiplyAdd(s, b0, c20);
            c21 = TWidth.MultiplyAdd(s, b1, c21);
            s = TWidth.Create(a[3]);
            c30 = TWidth.MultiplyAdd(s, b0, c30);
            c31 = TWidth.MultiplyAdd(s, b1, c31);
            s = TWidth.Create(a[4]);
            c40 = TWidth.MultiplyAdd(s, b0, c40);
            c41 = TWidth.MultiplyAdd(s, b1, c41);
            s = TWidth.Create(a[5]);
            c50 = TWidth.MultiplyAdd(s, b0, c50);
            c51 = TWidth.MultiplyAdd(s, b1, c51);
            a += aStep;
            b += bStep;
        }

        var s0 = start is null ? TWidth.Zero : TWidth.Load(ref *start, 0);
        var s1 = start is null ? TWidth.Zero : TWidth.Load(ref *start, (nuint)TWidth.Lanes);
        Put(c, c00, c01, s0, s1, add);
        Put(c += cStep, c10, c11, s0, s1, add);
        Put(c += cStep, c20, c21, s0, s1, add);
        Put(c += cStep, c30, c31, s0, s1, add);
        Put(c += cStep, c40, c41, s0, s1, add);
        Put(c += cStep, c50, c51, s0, s1, add);
    }

    /// <summary>Six rows, the first register of columns only: for narrow matrices and the last columns.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply6x1(nint inner, float* a, nint aStep, float* b, nint bStep, float* c, nint cStep, float* start, bool add)
    {
        TVector c0 = TWidth.Zero, c1 = TWidth.Zero, c2 = TWidth.Zero, c3 = TWidth.Zero, c4 = TWidth.Zero, c5 = TWidth.Zero;
        for (; inner > 0; inner--)
        {
            var b0 = TWidth.Load(ref *b, 0);
            c0 = TWidth.MultiplyAdd(TWidth.Create(a[0]), b0, c0);
            c1 = TWidth.MultiplyAdd(TWidth.Create(a[1]), b0, c1);
            c2 = TWidth.MultiplyAdd(TWidth.Create(a[2]), b0, c2);
            c3 = TWidth.MultiplyAdd(TWidth.Create(a[3]), b0, c3);
            c4 = TWidth.MultiplyAdd(TWidth.Create(a[4]), b0, c4);
            c5 = TWidth.MultiplyAdd(TWidth.Create(a[5]), b0, c5);
            a += aStep;
            b += bStep;
        }

        var s0 = start is null ? TWidth.Zero : TWidth.Load(ref *start, 0);
        Put(c, c0, s0, add);
        Put(c += cStep, c1, s0, add);
        Put(c += cStep, c2, s0, add);
        Put(c += cStep, c3, s0, add);
        Put(c += cStep, c4, s0, add);
        Put(c += cStep, c5, s0, add);
    }

    /// <summary>One row: matrix times vector. Bound by memory, so two sums are enough.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply1x2(nint inner, float* a, nint aStep, float* b, nint bStep, float* c, float* start, bool add)
    {
        TVector c0 = TWidth.Zero, c1 = TWidth.Zero;
        for (; inner > 0; inner--)
        {
            var s = TWidth.Create(*a);
            c0 = TWidth.MultiplyAdd(s, TWidth.Load(ref *b, 0), c0);
            c1 = TWidth.MultiplyAdd(s, TWidth.Load(ref *b, (nuint)TWidth.Lanes), c1);
            a += aStep;
            b += bStep;
        }

        var s0 = start is null ? TWidth.Zero : TWidth.Load(ref *start, 0);
        var s1 = start is null ? TWidth.Zero : TWidth.Load(ref *start, (nuint)TWidth.Lanes);
        Put(c, c0, c1, s0, s1, add);
    }

    // C is wanted in the first-level cache when the sums are done.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* c, nint cStep, int rows)
    {
        for (var i = 0; Sse.IsSupported && i < rows; i++)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + Columns - 1);
            c += cStep;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* c, TVector v0, TVector v1, TVector s0, TVector s1, bool add)
    {
        Put(c, v0, s0, add);
        Put(c + TWidth.Lanes, v1, s1, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* c, TVector v, TVector s, bool add)
        => TWidth.Store(TWidth.Add(v, add ? TWidth.Load(ref *c, 0) : s), ref *c, 0);
}
