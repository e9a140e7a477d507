namespace Mambascope.Numerics;

/// <summary>
/// Rows of a weight whose only copy are panels of quantised values, widened: what <see cref="HalfRows"/> is for 16-bit ones.
/// </summary>
internal static class BlockRows
{
    /// <summary>Row <paramref name="row"/> of W (outputs, inputs).</summary>
    public static unsafe void Read(PackedMatrix packed, int row, Span<float> to)
    {
        fixed (float* rows = to)
        {
            WidestRegisters.Run(new Panel(packed, row / packed.PanelWidth, row, 1, rows));
        }
    }

    /// <summary>Rows [first, first + count) of W, row-major.</summary>
    public static unsafe void Read(Workers? workers, PackedMatrix packed, int first, int count, float[] to)
    {
        var from = first / packed.PanelWidth;
        var panels = ((first + count + packed.PanelWidth - 1) / packed.PanelWidth) - from;
        if (workers is null)
        {
            for (var panel = 0; panel < panels; panel++)
            {
                ReadPanel(packed, from + panel, first, count, to);
            }

            return;
        }

        workers.For(panels, panel => ReadPanel(packed, from + panel, first, count, to));
    }

    private static unsafe void ReadPanel(PackedMatrix packed, int panel, int first, int count, float[] to)
    {
        fixed (float* rows = to)
        {
            WidestRegisters.Run(new Panel(packed, panel, first, count, rows));
        }
    }

    // Some inputs of a panel at a time are widened into the first-level cache; row r of W is column r of the panel.
    private readonly unsafe struct Panel(PackedMatrix packed, int panel, int first, int count, float* to) : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            const int Depth = BlockPanels<TWidth, TVector>.Unit;
            var (width, inner) = (packed.PanelWidth, packed.Inner);
            var (low, high) = (Math.Max(first, panel * width), Math.Min(first + count, (panel + 1) * width));
            var wide = stackalloc float[Depth * width];
            for (var k0 = 0; k0 < inner; k0 += Depth)
            {
                BlockPanels<TWidth, TVector>.Widen(packed.Layout, k0, Depth, packed.Panel(panel), new Span<float>(wide, Depth * width));
                for (var row = low; row < high; row++)
                {
                    var from = wide + (row - (panel * width));
                    var line = to + ((row - first) * (nint)inner) + k0;
                    for (var k = 0; k < Depth; k++)
                    {
                        line[k] = from[k * width];
                    }
                }
            }
        }
    }
}
