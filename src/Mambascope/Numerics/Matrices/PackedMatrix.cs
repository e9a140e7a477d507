using System.Diagnostics;

namespace Mambascope.Numerics;

/// <summary>
/// A right-hand matrix B (Inner, Columns) in the layout that the micro-kernels of <see cref="Gemm"/> read: panels of
/// <see cref="PanelWidth"/> columns, in each panel row after row; the last panel is filled up with zeros.
/// Element (k, j) stands at <c>Offset + (j / PanelWidth * Inner + k) * PanelWidth + j % PanelWidth</c>.
/// Quantised values stand in panels of their own: see <see cref="IBlockPanels"/>.
/// In a 16-bit format the columns i and i + PanelWidth / 2 of a panel row lie side by side, one lane of a register: see
/// <see cref="HalfPanels{TWidth, TVector}"/>.
/// </summary>
internal sealed class PackedMatrix
{
    private PackedMatrix(int inner, int columns, int panelWidth, WeightFormat format)
    {
        Inner = inner;
        Columns = columns;
        PanelWidth = panelWidth;
        Format = format;
        var count = (columns + panelWidth - 1) / panelWidth * inner * panelWidth;
        if (format == WeightFormat.F32)
        {
            (Values, Offset) = AlignedFloats.Allocate(count);
        }
        else
        {
            (Halves, Offset) = AlignedFloats.Allocate<ushort>(count);
        }
    }

    private PackedMatrix(int inner, int columns, int panelWidth, BlockLayout layout)
    {
        (Inner, Columns, PanelWidth, Layout, Format) = (inner, columns, panelWidth, layout, layout.Name());
        var panels = (columns + panelWidth - 1) / panelWidth;
        (Words, Offset) = AlignedFloats.Allocate<uint>(checked(panels * layout.PanelWords(inner, panelWidth)));
    }

    /// <summary>Singles, halves, or quantised values.</summary>
    public WeightFormat Format { get; }

    /// <summary>The panels of singles, on the pinned heap; empty in a 16-bit format.</summary>
    public float[] Values { get; } = [];

    /// <summary>The panels of halves, on the pinned heap; empty where they are singles.</summary>
    public ushort[] Halves { get; } = [];

    /// <summary>The panels of quantised values, on the pinned heap; null where they are singles or halves.</summary>
    public uint[]? Words { get; }

    /// <summary>The layout of <see cref="Words"/>.</summary>
    public BlockLayout Layout { get; }

    /// <summary>Words of a panel of quantised values.</summary>
    public int PanelWords => Layout.PanelWords(Inner, PanelWidth);

    /// <summary>Bytes of the panels.</summary>
    public long ByteLength
        => Words is not null
            ? Words.LongLength * sizeof(uint)
            : (Values.LongLength * sizeof(float)) + (Halves.LongLength * sizeof(ushort));

    /// <summary>Where the first panel begins: a multiple of 64 bytes.</summary>
    public int Offset { get; }

    /// <summary>Rows of the matrix: the dimension summed over.</summary>
    public int Inner { get; }

    /// <summary>Columns of the matrix: outputs.</summary>
    public int Columns { get; }

    /// <summary>Columns of a panel.</summary>
    public int PanelWidth { get; }

    /// <summary>A panel of quantised values.</summary>
    public ReadOnlySpan<uint> Panel(int panel) => Words.AsSpan(Offset + (panel * PanelWords), PanelWords);

    /// <summary>Packs Wᵀ (columns x rows) for W (rows x columns), row-major, for the widest registers of this machine.</summary>
    public static PackedMatrix OfTransposed(float[] weight, int rows, int columns)
        => Of(MatrixView.Of(weight, rows, columns).Transposed, Gemm.PanelWidth);

    /// <summary>Packs any matrix.</summary>
    public static unsafe PackedMatrix Of(MatrixView matrix, int panelWidth)
    {
        var packed = new PackedMatrix(matrix.Rows, matrix.Columns, panelWidth, WeightFormat.F32);
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

    /// <summary>Packs Wᵀ for W (rows x columns), row-major, whose values are 16-bit encodings.</summary>
    public static PackedMatrix OfTransposed(ReadOnlySpan<ushort> weight, int rows, int columns, WeightFormat format, int panelWidth)
    {
        Debug.Assert(format != WeightFormat.F32, "halves are not singles");
        var packed = new PackedMatrix(columns, rows, panelWidth, format);
        var to = packed.Halves.AsSpan(packed.Offset);
        if (rows % panelWidth != 0)
        {
            to[(rows / panelWidth * panelWidth * columns)..].Clear();
        }

        // A few inputs at a time, so that the lines written by one column are still near when the next one comes.
        const int Depth = 64;
        for (var first = 0; first < rows; first += panelWidth)
        {
            var panel = to.Slice(first * columns, panelWidth * columns);
            for (var k0 = 0; k0 < columns; k0 += Depth)
            {
                for (var j = 0; j < Math.Min(panelWidth, rows - first); j++)
                {
                    var from = weight.Slice(((first + j) * columns) + k0, Math.Min(Depth, columns - k0));
                    var at = (k0 * panelWidth) + PairPlace(j, panelWidth);
                    for (var k = 0; k < from.Length; k++)
                    {
                        panel[at + (k * panelWidth)] = from[k];
                    }
                }
            }
        }

        return packed;
    }

    /// <summary>Packs Wᵀ for W (rows x columns) given as blocks, row after row; each row is a whole number of them.</summary>
    public static PackedMatrix OfTransposed(BlockFormat format, ReadOnlySpan<byte> blocks, int rows, int columns, int panelWidth)
    {
        Debug.Assert(columns % format.Values == 0, "no whole blocks");
        Debug.Assert(blocks.Length == (long)rows * columns / format.Values * format.Bytes, "no whole rows");
        var packed = new PackedMatrix(columns, rows, panelWidth, BlockLayouts.Of(format));
        BlockPacking.Fill(format, packed.Layout, blocks, rows, columns, panelWidth, packed.Words.AsSpan(packed.Offset));
        return packed;
    }

    /// <summary>Bytes that the panels of blocks take.</summary>
    public static long BytesOf(BlockFormat format, int rows, int columns, int panelWidth)
        => (long)((rows + panelWidth - 1) / panelWidth) * BlockLayouts.Of(format).PanelWords(columns, panelWidth) * sizeof(uint);

    /// <summary>Where column j of a panel stands in a row of 16-bit values.</summary>
    public static int PairPlace(int j, int panelWidth) => j < panelWidth / 2 ? 2 * j : (2 * (j - (panelWidth / 2))) + 1;
}
