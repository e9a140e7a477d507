using System.Buffers;
using System.Diagnostics;
using System.Numerics.Tensors;

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
            var columns = DoubleTile<TWidth, TVector>.Columns;
            var strips = (A.Rows + DoubleTile<TWidth, TVector>.Rows - 1) / DoubleTile<TWidth, TVector>.Rows;
            var panels = (B.Columns + columns - 1) / columns;
            var packed = ArrayPool<double>.Shared.Rent(strips * DoubleTile<TWidth, TVector>.Rows * A.Columns);
            try
            {
                var kernel = this;
                Share(Workers, strips, strip => kernel.PackStrip<TWidth, TVector>(strip, packed));
                Share(Workers, panels, panel => kernel.Panel<TWidth, TVector>(panel, strips, packed));
            }
            finally
            {
                ArrayPool<double>.Shared.Return(packed);
            }
        }

        private static void Share(Workers? workers, int pieces, Action<int> piece)
        {
            if (workers is not null)
            {
                workers.For(pieces, piece);
                return;
            }

            for (var i = 0; i < pieces; i++)
            {
                piece(i);
            }
        }

        // All of the inner dimension, strip after strip.
        private unsafe void PackStrip<TWidth, TVector>(int strip, double[] packed)
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
        {
            const int Rows = DoubleTile<TWidth, TVector>.Rows;
            var row = strip * Rows;
            fixed (double* to = packed)
            {
                DoublePacking.Pack(
                    A, A.Offset + (row * A.RowStep), A.RowStep, A.ColumnStep, Math.Min(Rows, A.Rows - row), Rows, A.Columns,
                    to + (row * A.Columns));
            }
        }

        private unsafe void Panel<TWidth, TVector>(int panel, int strips, double[] packed)
            where TWidth : struct, IDoubleWidth<TVector>
            where TVector : unmanaged
        {
            const int Rows = DoubleTile<TWidth, TVector>.Rows;
            var columns = DoubleTile<TWidth, TVector>.Columns;
            var column = panel * columns;
            var count = Math.Min(columns, B.Columns - column);
            var tile = stackalloc double[Rows * columns];
            var buffer = ArrayPool<double>.Shared.Rent(MaxInnerBlock * columns);
            fixed (double* a = packed, b = buffer)
            {
                var accumulate = Accumulate;
                for (var k = 0; k < A.Columns || k == 0; k += MaxInnerBlock, accumulate = true)
                {
                    var inner = Math.Min(MaxInnerBlock, A.Columns - k);
                    DoublePacking.Pack(
                        B, B.Offset + (k * B.RowStep) + (column * B.ColumnStep), B.ColumnStep, B.RowStep, count, columns, inner, b);
                    for (var strip = 0; strip < strips; strip++)
                    {
                        DoubleTile<TWidth, TVector>.Multiply(inner, a + (strip * Rows * A.Columns) + (k * Rows), b, tile);
                        Put(tile, columns, strip * Rows, column, count, accumulate);
                    }
                }
            }

            ArrayPool<double>.Shared.Return(buffer);
        }

        private unsafe void Put(double* tile, int columns, int row, int column, int count, bool accumulate)
        {
            for (var end = Math.Min(row + DoubleTile<Doubles1, double>.Rows, C.Rows); row < end; row++, tile += columns)
            {
                var from = new ReadOnlySpan<double>(tile, count);
                var to = C.Doubles.AsSpan(C.Offset + (row * C.RowStep) + column, count);
                if (accumulate)
                {
                    TensorPrimitives.Add(to, from, to);
                }
                else
                {
                    from.CopyTo(to);
                    for (var j = 0; Bias is not null && j < to.Length; j++)
                    {
                        to[j] += Bias[column + j];
                    }
                }
            }
        }
    }
}
