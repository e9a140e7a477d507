using System.Buffers;
using System.Diagnostics;

namespace Mambascope.Numerics;

/// <summary>
/// The way back of a relevance rule that keeps the signs apart, C (+)= x⁺ ⊙ (A B⁺) + x⁻ ⊙ (A B⁻) with x of C's shape: at every place one of
/// the two products is multiplied by zero, by the sign of x, and only the other is computed. Built as <see cref="DoubleGemm"/> is; every
/// element is summed in the same order whatever the number of threads.
/// </summary>
internal static class SignedGemm
{
    // A panel of both parts of B (96 x 2 x 16 x 8 bytes = 24 KiB) fits the first-level cache.
    private const int MaxInnerBlock = 96;

    /// <summary>C = x⁺ ⊙ (A B⁺) + x⁻ ⊙ (A B⁻), or C += it.</summary>
    public static void Multiply(Workers workers, DoubleMatrix a, DoubleMatrix b, DoubleMatrix x, DoubleMatrix c, bool accumulate)
    {
        Debug.Assert(a.Columns == b.Rows && c.Rows == a.Rows && c.Columns == b.Columns, "shapes differ");
        Debug.Assert(x.Rows == c.Rows && x.Columns == c.Columns && x is { Doubles: not null, ColumnStep: 1 }, "x is of C's shape");
        Debug.Assert(c is { Doubles: not null, ColumnStep: 1 }, "C is written row by row");
        WidestRegisters.RunDouble(new Kernel(workers, a, b, x, c, accumulate));
    }

    private readonly record struct Kernel(
        Workers Workers, DoubleMatrix A, DoubleMatrix B, DoubleMatrix X, DoubleMatrix C, bool Accumulate) : IDoubleKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
        {
            var kernel = this;
            PackedStrips.ForPanels<TWidth, TVector>(
                Workers, A, B.Columns, (column, strips) => kernel.Panel<TWidth, TVector>(column, strips));
        }

        private unsafe void Panel<TWidth, TVector>(int column, PackedStrips strips)
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
        {
            const int Rows = DoubleTile<TWidth, TVector>.Rows;
            var columns = DoubleTile<TWidth, TVector>.Columns;
            var count = Math.Min(columns, B.Columns - column);
            double* tile = stackalloc double[Rows * columns], signs = stackalloc double[Rows * columns];
            new Span<double>(signs, Rows * columns).Clear();
            var buffer = ArrayPool<double>.Shared.Rent(MaxInnerBlock * 2 * columns);
            fixed (double* a = strips.Buffer, b = buffer, x = X.Doubles, c = C.Doubles)
            {
                for (var row = 0; !Accumulate && row < C.Rows; row++)
                {
                    new Span<double>(c + C.Offset + (row * C.RowStep) + column, count).Clear();
                }

                for (var k = 0; k < A.Columns; k += MaxInnerBlock)
                {
                    var inner = Math.Min(MaxInnerBlock, A.Columns - k);
                    PackPanel<TWidth, TVector>(WeightPart.Positive, k, column, count, inner, b);
                    PackPanel<TWidth, TVector>(WeightPart.Negative, k, column, count, inner, b + columns);
                    for (var strip = 0; strip < strips.Count; strip++)
                    {
                        var row = strip * Rows;
                        var rows = Math.Min(Rows, C.Rows - row);
                        var from = a + (row * A.Columns) + (k * Rows);
                        var to = c + C.Offset + (row * C.RowStep) + column;
                        var sign = x + X.Offset + (row * X.RowStep) + column;
                        if (rows == Rows && count == columns)
                        {
                            SignedTile<TWidth, TVector>.Multiply(inner, from, b, sign, X.RowStep, to, C.RowStep);
                            continue;
                        }

                        TileEdge.Copy(sign, X.RowStep, signs, columns, rows, count);
                        TileEdge.Copy(to, C.RowStep, tile, columns, rows, count);
                        SignedTile<TWidth, TVector>.Multiply(inner, from, b, signs, columns, tile, columns);
                        TileEdge.Copy(tile, columns, to, C.RowStep, rows, count);
                    }
                }
            }

            ArrayPool<double>.Shared.Return(buffer);
        }

        private unsafe void PackPanel<TWidth, TVector>(WeightPart part, int k, int column, int count, int inner, double* packed)
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
        {
            var columns = DoubleTile<TWidth, TVector>.Columns;
            DoublePacking<TWidth, TVector>.PackColumns(B, part, k, column, count, columns, inner, packed, 2 * columns);
        }
    }
}
