using System.Buffers;

namespace Mambascope.Numerics;

/// <summary>
/// The left factor of a product in strips of a tile's rows, all of its inner dimension one strip after the other: strip s, element (i, k)
/// at <c>s * Rows * inner + k * Rows + i</c>, rows beyond the matrix as zeros. Rented; to be disposed of.
/// </summary>
internal readonly struct PackedStrips : IDisposable
{
    private PackedStrips(double[] buffer, int count)
    {
        Buffer = buffer;
        Count = count;
    }

    /// <summary>The packed values.</summary>
    public double[] Buffer { get; }

    /// <summary>Strips.</summary>
    public int Count { get; }

    /// <summary>Packs a matrix, strips shared among the threads; without workers on the caller's.</summary>
    public static PackedStrips Of<TWidth, TVector>(Workers? workers, DoubleMatrix a)
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged
    {
        const int Rows = DoubleTile<TWidth, TVector>.Rows;
        var count = (a.Rows + Rows - 1) / Rows;
        var buffer = ArrayPool<double>.Shared.Rent(Math.Max(1, count * Rows * a.Columns));
        Share(workers, count, strip => Pack<TWidth, TVector>(a, strip * Rows, buffer));
        return new(buffer, count);
    }

    /// <summary>Runs the pieces on the workers, or one after the other.</summary>
    public static void Share(Workers? workers, int pieces, Action<int> piece)
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

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<double>.Shared.Return(Buffer);

    private static unsafe void Pack<TWidth, TVector>(DoubleMatrix a, int row, double[] buffer)
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged
    {
        const int Rows = DoubleTile<TWidth, TVector>.Rows;
        fixed (double* to = buffer)
        {
            DoublePacking<TWidth, TVector>.Pack(
                a, a.Part, a.Offset + (row * a.RowStep), a.RowStep, a.ColumnStep, Math.Min(Rows, a.Rows - row), Rows, a.Columns,
                to + (row * a.Columns), Rows);
        }
    }
}
