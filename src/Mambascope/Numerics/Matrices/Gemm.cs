using System.Diagnostics;

namespace Mambascope.Numerics;

/// <summary>
/// Single-precision matrix products C = A B, C += A B and C = A B + bias, after Goto and van de Geijn (2008) and BLIS: strips of A and
/// panels of B are copied into the order in which the micro-kernel (<see cref="GemmTile{TWidth, TVector}"/>) reads them, block by block
/// of the inner dimension. C is cut into rectangles that are shared among threads; the inner dimension is never cut between threads and
/// always into the same blocks, so the result does not depend on the number of threads.
/// </summary>
internal static class Gemm
{
    /// <summary>
    /// What is done with rows [row0, row1) and columns [column0, column1) of C as soon as they are there, on the thread that made them.
    /// </summary>
    public delegate void Finished(int row0, int row1, int column0, int column1);

    // A strip of A (12 rows x 512 x 4 bytes = 24 KiB) fits the first-level cache, and C is read and written rarely.
    private const int MaxInnerBlock = 512;

    /// <summary>Columns of a packed panel for the widest registers of this machine: a full tile, two registers.</summary>
    public static int PanelWidth => 2 * WidestRegisters.Lanes;

    /// <summary>
    /// Length of the blocks into which an inner dimension is cut, a multiple of <paramref name="unit"/>; all but the last are equal.
    /// </summary>
    public static int InnerBlock(int inner, int unit = 1)
    {
        var blocks = Math.Max(1, (inner + MaxInnerBlock - 1) / MaxInnerBlock);
        return (((inner + blocks - 1) / blocks) + unit - 1) / unit * unit;
    }

    /// <summary>C = A B + bias or C += A B, B packed before; a bias goes only with the first form.</summary>
    public static void Multiply(
        Workers? workers, MatrixView a, PackedMatrix b, float[]? bias, MatrixView c, bool accumulate, Finished? finished = null)
    {
        Debug.Assert(a.Columns == b.Inner && c.Rows == a.Rows && c.Columns == b.Columns, "shapes differ");
        Debug.Assert(bias is null || (!accumulate && bias.Length == b.Columns), "a bias needs a fresh C and one value per column");
        WidestRegisters.Run(new Kernel(workers, a, default, b, bias, c, accumulate, finished));
    }

    /// <summary>
    /// C = A B or C += A B; B is packed on the way, by each thread as it needs it. Without <paramref name="workers"/> it runs on the
    /// caller's thread alone: for many small products, one per piece of a loop over <see cref="Workers"/>. C may be transposed too.
    /// </summary>
    public static void Multiply(Workers? workers, MatrixView a, MatrixView b, MatrixView c, bool accumulate)
    {
        Debug.Assert(a.Columns == b.Rows && c.Rows == a.Rows && c.Columns == b.Columns, "shapes differ");
        WidestRegisters.Run(new Kernel(workers, a, b, Packed: null, Bias: null, c, accumulate, Finished: null));
    }

    private readonly record struct Kernel(
        Workers? Workers,
        MatrixView A,
        MatrixView B,
        PackedMatrix? Packed,
        float[]? Bias,
        MatrixView C,
        bool Accumulate,
        Finished? Finished) : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => GemmProduct<TWidth, TVector>.Run(Workers, A, B, Packed, Bias, C, Accumulate, Finished);
    }
}
