using System.Diagnostics;

namespace Mambascope.Numerics;

/// <summary>
/// A matrix of (Rows, Columns) in double precision anywhere in a buffer: element (i, j) stands at
/// <c>Offset + i * RowStep + j * ColumnStep</c>. Transposing only swaps the steps. The values may be a checkpoint's singles, which are
/// widened as they are packed, and only a part of each may be wanted: see <see cref="WeightPart"/>.
/// </summary>
internal readonly struct DoubleMatrix
{
    private DoubleMatrix(PackedMatrix panels, int rows, int columns, bool isTransposed, WeightPart part)
    {
        (Panels, Rows, Columns, IsTransposed, Part) = (panels, rows, columns, isTransposed, part);
    }

    private DoubleMatrix(
        double[]? doubles, float[]? singles, int offset, int rows, int columns, int rowStep, int columnStep, WeightPart part)
    {
        Debug.Assert(
            rows == 0
                || columns == 0
                || offset + ((long)(rows - 1) * rowStep) + ((long)(columns - 1) * columnStep) < (doubles?.Length ?? singles!.Length),
            "view leaves its buffer");
        (Doubles, Singles, Part) = (doubles, singles, part);
        (Offset, Rows, Columns, RowStep, ColumnStep) = (offset, rows, columns, rowStep, columnStep);
    }

    /// <summary>Doubles with gaps.</summary>
    public static DoubleMatrix Of(double[] values, int offset, int rows, int columns, int rowStep)
        => new(values, null, offset, rows, columns, rowStep, 1, WeightPart.All);

    /// <summary>All rows of an activation: (Batch * Length, Width).</summary>
    public static DoubleMatrix Of(Activation<double> x) => Of(x.Buffer, x.Offset, x.Rows, x.Width, x.RowStride);

    /// <summary>A part of an activation's values.</summary>
    public static DoubleMatrix Of(Activation<double> x, WeightPart part)
        => new(x.Buffer, null, x.Offset, x.Rows, x.Width, x.RowStride, 1, part);

    /// <summary>
    /// A part of a weight (outputs, inputs): of its panels where it has no array; of a stretch of another weight, that
    /// one's values.
    /// </summary>
    public static DoubleMatrix Of(Weight w, WeightPart part)
    {
        if (w is { Whole: null, Format: WeightFormat.F32, Singles: null })
        {
            return new(w.Packed, w.Rows, w.Columns, isTransposed: false, part);
        }

        var (weight, start) = w.Whole ?? (w, 0);
        return new(null, weight.Values<float>(), start, w.Rows, w.Columns, w.Columns, 1, part);
    }

    /// <summary>
    /// Panels that hold the transposed matrix, or, where <see cref="IsTransposed"/>, the matrix itself; null where there are rows.
    /// </summary>
    public PackedMatrix? Panels { get; }

    /// <summary>Whether rows and columns were exchanged since the panels were taken.</summary>
    public bool IsTransposed { get; }

    /// <summary>The values; null where they are singles.</summary>
    public double[]? Doubles { get; }

    /// <summary>The values; null where they are doubles.</summary>
    public float[]? Singles { get; }

    /// <summary>What of the values is meant.</summary>
    public WeightPart Part { get; }

    public int Offset { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Elements from one row to the next.</summary>
    public int RowStep { get; }

    /// <summary>Elements from one column to the next.</summary>
    public int ColumnStep { get; }

    /// <summary>The same values with rows and columns exchanged.</summary>
    public DoubleMatrix Transposed => Panels is not null
        ? new(Panels, Columns, Rows, !IsTransposed, Part)
        : new(Doubles, Singles, Offset, Columns, Rows, ColumnStep, RowStep, Part);
}
