namespace Mambascope.Numerics;

/// <summary>A right-hand matrix in the panel layout that the GEMM micro-kernel reads.</summary>
internal sealed class PackedMatrix
{
    private PackedMatrix(float[] values, int inner, int columns)
    {
        Values = values;
        Inner = inner;
        Columns = columns;
    }

    /// <summary>The panels.</summary>
    public float[] Values { get; }

    /// <summary>Rows of the matrix: the dimension summed over.</summary>
    public int Inner { get; }

    /// <summary>Columns of the matrix: outputs.</summary>
    public int Columns { get; }

    /// <summary>Packs Wᵀ (columns x rows) for W (rows x columns), row-major.</summary>
    public static PackedMatrix OfTransposed(float[] weight, int rows, int columns) => new(weight, columns, rows);
}
