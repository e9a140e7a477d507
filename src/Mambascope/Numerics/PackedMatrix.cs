namespace Mambascope.Numerics;

/// <summary>
/// A right-hand matrix B (Inner, Columns) in the layout that the micro-kernels of <see cref="Gemm"/> read: panels of
/// <see cref="PanelWidth"/> columns, in each panel row after row; the last panel is filled up with zeros.
/// Element (k, j) stands at <c>Offset + (j / PanelWidth * Inner + k) * PanelWidth + j % PanelWidth</c>.
/// </summary>
internal sealed class PackedMatrix
{
    private PackedMatrix(int inner, int columns, int panelWidth)
    {
        Inner = inner;
        Columns = columns;
        PanelWidth = panelWidth;
        (Values, Offset) = AlignedFloats.Allocate((columns + panelWidth - 1) / panelWidth * inner * panelWidth);
    }

    /// <summary>The panels, on the pinned heap.</summary>
    public float[] Values { get; }

    /// <summary>Where the first panel begins: a multiple of 64 bytes.</summary>
    public int Offset { get; }

    /// <summary>Rows of the matrix: the dimension summed over.</summary>
    public int Inner { get; }

    /// <summary>Columns of the matrix: outputs.</summary>
    public int Columns { get; }

    /// <summary>Columns of a panel.</summary>
    public int PanelWidth { get; }

    /// <summary>Packs Wᵀ (columns x rows) for W (rows x columns), row-major, for the widest registers of this machine.</summary>
    public static PackedMatrix OfTransposed(float[] weight, int rows, int columns)
        => Of(MatrixView.Of(weight, rows, columns).Transposed, Gemm.PanelWidth);

    /// <summary>Packs any matrix.</summary>
    public static unsafe PackedMatrix Of(MatrixView matrix, int panelWidth)
    {
        var packed = new PackedMatrix(matrix.Rows, matrix.Columns, panelWidth);
        fixed (float* to = &packed.Values[packed.Offset], from = matrix.Buffer)
        {
            for (var j = 0; j < matrix.Columns; j += panelWidth)
            {
                GemmPacking.Pack(
                    from + matrix.Offset + ((nint)j * matrix.ColumnStep),
                    matrix.ColumnStep,
                    matrix.RowStep,
                    Math.Min(panelWidth, matrix.Columns - j),
                    panelWidth,
                    matrix.Rows,
                    to + ((nint)j * matrix.Rows));
            }
        }

        return packed;
    }
}
