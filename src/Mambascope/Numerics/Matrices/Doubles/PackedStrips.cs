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

    /// <summary>
    /// Packs the left factor and calls <paramref name="panel"/> with the first column of every panel of C. Strips, then panels, are shared
    /// among the threads; without workers they run on the caller's.
    /// </summary>
    public static void ForPanels<TWidth, TVector>(Workers? workers, DoubleMatrix a, int columns, Action<int, PackedStrips> panel)
        where TWidth : struct, IDoubleWidth<TVector>
        where TVector : unmanaged
    {
        const int Rows = DoubleTile<TWidth, TVector>.Rows;
        var width = DoubleTile<TWidth, TVector>.Columns;
        var count = (a.Rows + Rows - 1) / Rows;
        using var strips = new PackedStrips(ArrayPool<double>.Shared.Rent(Math.Max(1, count * Rows * a.Columns)), count);
        var packed = strips;
        Share(workers, count, strip => Pack<TWidth, TVector>(a, strip * Rows, packed.Buffer));
        Share(workers, (columns + width - 1) / width, piece => panel(piece * width, packed));
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
