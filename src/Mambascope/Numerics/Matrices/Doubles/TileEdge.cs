namespace Mambascope.Numerics;

/// <summary>Where a tile reaches beyond its matrix: the part inside is copied to and fro.</summary>
internal static unsafe class TileEdge
{
    /// <summary>Copies rows x columns doubles between places with steps of their own.</summary>
    public static void Copy(double* from, int fromStep, double* to, int toStep, int rows, int columns)
    {
        for (var row = 0; row < rows; row++)
        {
            new ReadOnlySpan<double>(from + (row * fromStep), columns).CopyTo(new(to + (row * toStep), columns));
        }
    }
}
