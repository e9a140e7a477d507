namespace Mambascope.Numerics;

/// <summary>Rows and columns of tokens that lie on a grid, row by row.</summary>
/// <param name="Rows">From top to bottom, H.</param>
/// <param name="Columns">From left to right, W.</param>
internal readonly record struct GridShape(int Rows, int Columns)
{
    /// <summary>All tokens, L = H W.</summary>
    public int Count => Rows * Columns;

    /// <summary>The token at a place, or -1 outside the grid.</summary>
    public int Token(int row, int column) => (uint)row < (uint)Rows && (uint)column < (uint)Columns ? (row * Columns) + column : -1;
}
