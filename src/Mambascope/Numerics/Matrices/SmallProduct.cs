using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// c = keep c + scale (a b) for matrices small enough for the first cache levels, as the chunks of <see cref="HeadScan"/> make them: no
/// packing. a (rows, inner) is read value by value, at any strides; b (inner, columns) and c (rows, columns) in registers along their rows.
/// Rows come in multiples of 8, columns in multiples of the lanes, zero-padded by the caller. Sums run over the inner index in order,
/// whatever the tile.
/// </summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal static unsafe class SmallProduct<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>Rows are padded to a multiple of this.</summary>
    public const int RowsAtOnce = 8;

    private static int Lanes => TWidth.Lanes;

    /// <param name="a">Left factor: a[r, k] at <c>a[r * aRow + k * aStep]</c>.</param>
    /// <param name="aRow">From one row to the next.</param>
    /// <param name="aStep">From one inner index to the next.</param>
    /// <param name="b">Right factor, rows of <paramref name="bRow"/> floats.</param>
    /// <param name="bRow">From one row of b to the next.</param>
    /// <param name="c">Result.</param>
    /// <param name="cRow">From one row of c to the next.</param>
    /// <param name="rows">A multiple of 8.</param>
    /// <param name="columns">A multiple of the lanes.</param>
    /// <param name="inner">Length of the sums.</param>
    /// <param name="keep">What stays of c; 0 overwrites without reading.</param>
    /// <param name="scale">A factor for each row of the product; null for 1.</param>
    public static void Run(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int rows, int columns, int inner,
        float keep, float* scale = null)
    {
        for (var row = 0; row < rows; row += RowsAtOnce)
        {
            var from = a + (row * aRow);
            var to = c + (row * cRow);
            var factors = scale is null ? null : scale + row;
            var column = 0;
            for (; column + (2 * Lanes) <= columns; column += 2 * Lanes)
            {
                if (Lanes == 16)
                {
                    EightByTwo(from, aRow, aStep, b + column, bRow, to + column, cRow, inner, keep, factors);
                }
                else
                {
                    // Sixteen registers hold 4 x 2 sums.
                    FourByTwo(from, aRow, aStep, b + column, bRow, to + column, cRow, inner, keep, factors);
                    FourByTwo(
                        from + (4 * aRow), aRow, aStep, b + column, bRow, to + column + (4 * cRow), cRow, inner, keep,
                        factors is null ? null : factors + 4);
                }
            }

            if (column < columns)
            {
                EightByOne(from, aRow, aStep, b + column, bRow, to + column, cRow, inner, keep, factors);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void EightByTwo(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner, float keep, float* scale)
    {
        var (c00, c01, c10, c11) = (TWidth.Zero, TWidth.Zero, TWidth.Zero, TWidth.Zero);
        var (c20, c21, c30, c31) = (TWidth.Zero, TWidth.Zero, TWidth.Zero, TWidth.Zero);
        var (c40, c41, c50, c51) = (TWidth.Zero, TWidth.Zero, TWidth.Zero, TWidth.Zero);
        var (c60, c61, c70, c71) = (TWidth.Zero, TWidth.Zero, TWidth.Zero, TWidth.Zero);
        var (aRow2, aRow3) = (2 * aRow, 3 * aRow);
        var lower = a + (4 * aRow);
        for (var k = 0; k < inner; k++)
        {
            var b0 = TWidth.Load(ref *b, 0);
            var b1 = TWidth.Load(ref *b, (nuint)Lanes);
            var x = TWidth.Create(a[0]);
            c00 = TWidth.MultiplyAdd(x, b0, c00);
            c01 = TWidth.MultiplyAdd(x, b1, c01);
            x = TWidth.Create(a[aRow]);
            c10 = TWidth.MultiplyAdd(x, b0, c10);
            c11 = TWidth.MultiplyAdd(x, b1, c11);
            x = TWidth.Create(a[aRow2]);
            c20 = TWidth.MultiplyAdd(x, b0, c20);
            c21 = TWidth.MultiplyAdd(x, b1, c21);
            x = TWidth.Create(a[aRow3]);
            c30 = TWidth.MultiplyAdd(x, b0, c30);
            c31 = TWidth.MultiplyAdd(x, b1, c31);
            x = TWidth.Create(lower[0]);
            c40 = TWidth.MultiplyAdd(x, b0, c40);
            c41 = TWidth.MultiplyAdd(x, b1, c41);
            x = TWidth.Create(lower[aRow]);
            c50 = TWidth.MultiplyAdd(x, b0, c50);
            c51 = TWidth.MultiplyAdd(x, b1, c51);
            x = TWidth.Create(lower[aRow2]);
            c60 = TWidth.MultiplyAdd(x, b0, c60);
            c61 = TWidth.MultiplyAdd(x, b1, c61);
            x = TWidth.Create(lower[aRow3]);
            c70 = TWidth.MultiplyAdd(x, b0, c70);
            c71 = TWidth.MultiplyAdd(x, b1, c71);
            a += aStep;
            lower += aStep;
            b += bRow;
        }

        FinishPair(c00, c01, c, keep, Factor(scale, 0));
        FinishPair(c10, c11, c + cRow, keep, Factor(scale, 1));
        FinishPair(c20, c21, c + (2 * cRow), keep, Factor(scale, 2));
        FinishPair(c30, c31, c + (3 * cRow), keep, Factor(scale, 3));
        FinishPair(c40, c41, c + (4 * cRow), keep, Factor(scale, 4));
        FinishPair(c50, c51, c + (5 * cRow), keep, Factor(scale, 5));
        FinishPair(c60, c61, c + (6 * cRow), keep, Factor(scale, 6));
        FinishPair(c70, c71, c + (7 * cRow), keep, Factor(scale, 7));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner, float keep, float* scale)
    {
        var (c00, c01, c10, c11) = (TWidth.Zero, TWidth.Zero, TWidth.Zero, TWidth.Zero);
        var (c20, c21, c30, c31) = (TWidth.Zero, TWidth.Zero, TWidth.Zero, TWidth.Zero);
        var (aRow2, aRow3) = (2 * aRow, 3 * aRow);
        for (var k = 0; k < inner; k++)
        {
            var b0 = TWidth.Load(ref *b, 0);
            var b1 = TWidth.Load(ref *b, (nuint)Lanes);
            var x = TWidth.Create(a[0]);
            c00 = TWidth.MultiplyAdd(x, b0, c00);
            c01 = TWidth.MultiplyAdd(x, b1, c01);
            x = TWidth.Create(a[aRow]);
            c10 = TWidth.MultiplyAdd(x, b0, c10);
            c11 = TWidth.MultiplyAdd(x, b1, c11);
            x = TWidth.Create(a[aRow2]);
            c20 = TWidth.MultiplyAdd(x, b0, c20);
            c21 = TWidth.MultiplyAdd(x, b1, c21);
            x = TWidth.Create(a[aRow3]);
            c30 = TWidth.MultiplyAdd(x, b0, c30);
            c31 = TWidth.MultiplyAdd(x, b1, c31);
            a += aStep;
            b += bRow;
        }

        FinishPair(c00, c01, c, keep, Factor(scale, 0));
        FinishPair(c10, c11, c + cRow, keep, Factor(scale, 1));
        FinishPair(c20, c21, c + (2 * cRow), keep, Factor(scale, 2));
        FinishPair(c30, c31, c + (3 * cRow), keep, Factor(scale, 3));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void EightByOne(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner, float keep, float* scale)
    {
        var (c0, c1, c2, c3) = (TWidth.Zero, TWidth.Zero, TWidth.Zero, TWidth.Zero);
        var (c4, c5, c6, c7) = (TWidth.Zero, TWidth.Zero, TWidth.Zero, TWidth.Zero);
        var (aRow2, aRow3) = (2 * aRow, 3 * aRow);
        var lower = a + (4 * aRow);
        for (var k = 0; k < inner; k++)
        {
            var b0 = TWidth.Load(ref *b, 0);
            c0 = TWidth.MultiplyAdd(TWidth.Create(a[0]), b0, c0);
            c1 = TWidth.MultiplyAdd(TWidth.Create(a[aRow]), b0, c1);
            c2 = TWidth.MultiplyAdd(TWidth.Create(a[aRow2]), b0, c2);
            c3 = TWidth.MultiplyAdd(TWidth.Create(a[aRow3]), b0, c3);
            c4 = TWidth.MultiplyAdd(TWidth.Create(lower[0]), b0, c4);
            c5 = TWidth.MultiplyAdd(TWidth.Create(lower[aRow]), b0, c5);
            c6 = TWidth.MultiplyAdd(TWidth.Create(lower[aRow2]), b0, c6);
            c7 = TWidth.MultiplyAdd(TWidth.Create(lower[aRow3]), b0, c7);
            a += aStep;
            lower += aStep;
            b += bRow;
        }

        Finish(c0, c, keep, Factor(scale, 0));
        Finish(c1, c + cRow, keep, Factor(scale, 1));
        Finish(c2, c + (2 * cRow), keep, Factor(scale, 2));
        Finish(c3, c + (3 * cRow), keep, Factor(scale, 3));
        Finish(c4, c + (4 * cRow), keep, Factor(scale, 4));
        Finish(c5, c + (5 * cRow), keep, Factor(scale, 5));
        Finish(c6, c + (6 * cRow), keep, Factor(scale, 6));
        Finish(c7, c + (7 * cRow), keep, Factor(scale, 7));
    }

    private static float Factor(float* scale, int row) => scale is null ? 1 : scale[row];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FinishPair(TVector left, TVector right, float* c, float keep, float factor)
    {
        Finish(left, c, keep, factor);
        Finish(right, c + Lanes, keep, factor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(TVector sum, float* c, float keep, float factor)
    {
        var value = TWidth.Multiply(sum, TWidth.Create(factor));
        if (keep != 0)
        {
            value = TWidth.MultiplyAdd(TWidth.Create(keep), TWidth.Load(ref *c, 0), value);
        }

        TWidth.Store(value, ref *c, 0);
    }
}
