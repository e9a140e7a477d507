using System.Runtime.InteropServices;

namespace Mambascope.Numerics;

/// <summary>Rows of a weight whose only copy are panels of 16-bit values, widened: for look-ups, for products with W itself, and for oracles.</summary>
internal static class HalfRows
{
    // Inputs taken out of a panel at a time: 16 rows of 32 values, 1 KiB, then stand in the first-level cache while they are turned.
    private const int Depth = 16;

    /// <summary>Row <paramref name="row"/> of W (outputs, inputs).</summary>
    public static void Read(PackedMatrix packed, int row, Span<float> to)
    {
        var (width, inner) = (packed.PanelWidth, packed.Inner);
        var at = packed.Offset + (row / width * width * inner) + PackedMatrix.PairPlace(row % width, width);
        for (var k = 0; k < inner; k++)
        {
            to[k] = Widen(packed.Halves[at + (k * width)], packed.Format);
        }
    }

    /// <summary>Rows [first, first + count) of W, row-major.</summary>
    public static void Read(Workers? workers, PackedMatrix packed, int first, int count, float[] to)
    {
        var (width, from) = (packed.PanelWidth, first / packed.PanelWidth);
        var panels = ((first + count + width - 1) / width) - from;
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

    private static void ReadPanel(PackedMatrix packed, int panel, int first, int count, Span<float> to)
    {
        var (width, inner) = (packed.PanelWidth, packed.Inner);
        var (low, high) = (Math.Max(first, panel * width), Math.Min(first + count, (panel + 1) * width));
        var halves = packed.Halves.AsSpan(packed.Offset + (panel * width * inner), width * inner);
        for (var k0 = 0; k0 < inner; k0 += Depth)
        {
            var depth = Math.Min(Depth, inner - k0);
            var block = halves.Slice(k0 * width, depth * width);
            for (var row = low; row < high; row++)
            {
                var line = to.Slice(((row - first) * inner) + k0, depth);
                var at = PackedMatrix.PairPlace(row - (panel * width), width);
                if (packed.Format == WeightFormat.BF16)
                {
                    var bits = MemoryMarshal.Cast<float, uint>(line);
                    for (var k = 0; k < bits.Length; k++)
                    {
                        bits[k] = (uint)block[at + (k * width)] << 16;
                    }
                }
                else
                {
                    for (var k = 0; k < line.Length; k++)
                    {
                        line[k] = Widen(block[at + (k * width)], WeightFormat.F16);
                    }
                }
            }
        }
    }

    private static float Widen(ushort half, WeightFormat format)
        => format == WeightFormat.BF16 ? BitConverter.UInt32BitsToSingle((uint)half << 16) : HalfPairs.Low<Width1, float>(BitConverter.UInt32BitsToSingle(half));
}
