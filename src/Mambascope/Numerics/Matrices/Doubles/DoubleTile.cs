using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// The micro-kernel of <see cref="DoubleGemm"/>: 6 rows x 2 registers of C = A B, held in registers while the inner dimension runs by. The
/// twelve sums hide the latency of the multiply-adds on machines with two units of them (4 steps x 2 units).
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class DoubleTile<TWidth, TVector>
    where TWidth : struct, IDoubleWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 6;

    /// <summary>Columns of a tile: two registers.</summary>
    public static int Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TWidth.Lanes;
    }

    /// <summary>
    /// C = start + A B, or C += A B without a start. A: element (i, k) at a[6 k + i]; B: (k, j) at b[Columns k + j]; C: (i, j) at
    /// c[step i + j]; start (Columns): what every row begins with.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(nint inner, double* a, double* b, double* start, double* c, nint step)
    {
        TVector c00 = TWidth.Zero, c01 = TWidth.Zero, c10 = TWidth.Zero, c11 = TWidth.Zero, c20 = TWidth.Zero, c21 = TWidth.Zero;
        TVector c30 = TWidth.Zero, c31 = TWidth.Zero, c40 = TWidth.Zero, c41 = TWidth.Zero, c50 = TWidth.Zero, c51 = TWidth.Zero;
        for (; inner > 0; inner--)
        {
            var b0 = TWidth.Load(b);
            var b1 = TWidth.Load(b + TWidth.Lanes);
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
            a += Rows;
            b += Columns;
        }

        // Without a start, what is there already is what is added to, row after row.
        var from = start is null ? c : start;
        var next = start is null ? step : 0;
        Put(c, from, c00, c01);
        Put(c += step, from += next, c10, c11);
        Put(c += step, from += next, c20, c21);
        Put(c += step, from += next, c30, c31);
        Put(c += step, from += next, c40, c41);
        Put(c + step, from + next, c50, c51);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(double* c, double* from, TVector v0, TVector v1)
    {
        TWidth.Store(TWidth.Add(TWidth.Load(from), v0), c);
        TWidth.Store(TWidth.Add(TWidth.Load(from + TWidth.Lanes), v1), c + TWidth.Lanes);
    }
}
