using System.Buffers;
using System.Diagnostics;

namespace Mambascope.Numerics;

/// <summary>
/// Matrix products in double precision, C = A B + bias or C += A B: for relevance rules and reference runs. The idea is that of
/// <see cref="Gemm"/>, in its simplest form: A is packed once, each panel of columns of B by the thread that takes it, block by block of
/// the inner dimension. Every element is summed in the same order whatever the number of threads.
/// </summary>
internal static class DoubleGemm
{
    // A panel of B (192 x 16 x 8 bytes = 24 KiB) fits the first-level cache.
    private const int MaxInnerBlock = 192;

    /// <summary>
    /// C = A B + bias, or C += A B; a bias goes only with the first form. Without workers it runs on the caller's thread.
    /// </summary>
    public static void Multiply(Workers? workers, DoubleMatrix a, DoubleMatrix b, double[]? bias, DoubleMatrix c, bool accumulate)
    {
        Debug.Assert(a.Columns == b.Rows && c.Rows == a.Rows && c.Columns == b.Columns, "shapes differ");
        Debug.Assert(bias is null || (!accumulate && bias.Length == b.Columns), "a bias needs a fresh C and one value per column");
        Debug.Assert(c is { Doubles: not null, ColumnStep: 1 }, "C is written row by row");
        WidestRegisters.RunDouble(new Kernel(workers, a, b, bias, c, accumulate));
    }

    private readonly record struct Kernel(
        Workers? Workers, DoubleMatrix A, DoubleMatrix B, double[]? Bias, DoubleMatrix C, bool Accumulate) : IDoubleKernel
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
            double* tile = stackalloc double[Rows * columns], bias = stackalloc double[columns];
            new Span<double>(bias, columns).Clear();
            Bias?.AsSpan(column, count).CopyTo(new(bias, columns));
            var buffer = ArrayPool<double>.Shared.Rent(MaxInnerBlock * columns);
            fixed (double* a = strips.Buffer, b = buffer, c = C.Doubles)
            {
                var start = Accumulate ? null : bias;
                for (var k = 0; k < A.Columns || k == 0; k += MaxInnerBlock, start = null)
                {
                    var inner = Math.Min(MaxInnerBlock, A.Columns - k);
                    DoublePacking<TWidth, TVector>.PackColumns(B, B.Part, k, column, count, columns, inner, b, columns);
                    for (var strip = 0; strip < strips.Count; strip++)
                    {
                        var rows = Math.Min(Rows, C.Rows - (strip * Rows));
                        var from = a + (strip * Rows * A.Columns) + (k * Rows);
                        var to = c + C.Offset + (strip * Rows * C.RowStep) + column;
                        if (rows == Rows && count == columns)
                        {
                            DoubleTile<TWidth, TVector>.Multiply(inner, from, b, start, to, C.RowStep);
                            continue;
                        }

                        // At the edges a tile of its own, of which the part inside C is copied.
                        TileEdge.Copy(to, C.RowStep, tile, columns, rows, count);
                        DoubleTile<TWidth, TVector>.Multiply(inner, from, b, start, tile, columns);
                        TileEdge.Copy(tile, columns, to, C.RowStep, rows, count);
                    }
                }
            }

            ArrayPool<double>.Shared.Return(buffer);
        }
    }
}
