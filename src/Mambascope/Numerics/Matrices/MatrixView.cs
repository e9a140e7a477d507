using System.Diagnostics;

namespace Mambascope.Numerics;

/// <summary>
/// A float matrix of (Rows, Columns) anywhere in a buffer: element (i, j) stands at <c>Offset + i * RowStep + j * ColumnStep</c>.
/// Transposing only swaps the steps.
/// </summary>
internal readonly struct MatrixView
{
    public MatrixView(float[] buffer, int offset, int rows, int columns, int rowStep, int columnStep = 1)
    {
        Debug.Assert(
            rows == 0 || columns == 0 || offset + ((long)(rows - 1) * rowStep) + ((long)(columns - 1) * columnStep) < buffer.Length,
            "view leaves its buffer");
        Buffer = buffer;
        Offset = offset;
        Rows = rows;
        Columns = columns;
        RowStep = rowStep;
        ColumnStep = columnStep;
    }

    /// <summary>All rows of an activation: (Batch * Length, Width).</summary>
    public static MatrixView Of(Activation<float> x) => new(x.Buffer, x.Offset, x.Rows, x.Width, x.RowStride);

    /// <summary>A row-major matrix without gaps.</summary>
    public static MatrixView Of(float[] values, int rows, int columns) => new(values, 0, rows, columns, columns);

    public float[] Buffer { get; }

    public int Offset { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Elements from one row to the next.</summary>
    public int RowStep { get; }

    /// <summary>Elements from one column to the next.</summary>
    public int ColumnStep { get; }

    /// <summary>The same values with rows and columns exchanged.</summary>
    public MatrixView Transposed => new(Buffer, Offset, Columns, Rows, ColumnStep, RowStep);
}
