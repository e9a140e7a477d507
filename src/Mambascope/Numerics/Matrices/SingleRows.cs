using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <summary>Rows of a weight whose only copy are panels of singles: for look-ups, and for products with W itself.</summary>
internal static class SingleRows
{
    // Inputs taken out of a panel at a time: their rows (32 of 128 bytes) and what they become stay in the first-level cache.
    private const int Depth = 32;

    /// <summary>Row <paramref name="row"/> of W (outputs, inputs).</summary>
    public static void Read(PackedMatrix packed, int row, Span<float> to)
    {
        var (width, inner) = (packed.PanelWidth, packed.Inner);
        var at = packed.Offset + (row / width * width * inner) + (row % width);
        for (var k = 0; k < inner; k++)
        {
            to[k] = packed.Values[at + (k * width)];
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

    // Row r of W is column r of the panel: 4 x 4 values are turned in registers where four rows are wanted, the rest one by one.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void ReadPanel(PackedMatrix packed, int panel, int first, int count, float[] to)
    {
        var (width, inner) = (packed.PanelWidth, packed.Inner);
        var (low, high) = (Math.Max(first, panel * width), Math.Min(first + count, (panel + 1) * width));
        var turned = Sse.IsSupported ? inner / 4 * 4 : 0;
        fixed (float* values = &packed.Values[packed.Offset + (panel * width * inner)], rows = to)
        {
            for (var k0 = 0; k0 < inner; k0 += Depth)
            {
                var (end, fast) = (Math.Min(inner, k0 + Depth), Math.Min(turned, k0 + Depth));
                for (var row = low; row < high; row++)
                {
                    var from = values + (row - (panel * width));
                    var target = rows + ((row - first) * (nint)inner);
                    var k = k0;
                    if (row + 4 <= high)
                    {
                        for (; k < fast; k += 4)
                        {
                            Turn(from + (k * width), width, target + k, inner);
                        }

                        for (; k < end; k++)
                        {
                            for (var r = 0; r < 4; r++)
                            {
                                target[(r * (nint)inner) + k] = from[(k * width) + r];
                            }
                        }

                        row += 3;
                        continue;
                    }

                    for (; k < end; k++)
                    {
                        target[k] = from[k * width];
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Turn(float* from, int fromStep, float* to, int toStep)
    {
        Vector128<float> r0 = Vector128.Load(from),
            r1 = Vector128.Load(from + fromStep),
            r2 = Vector128.Load(from + (2 * fromStep)),
            r3 = Vector128.Load(from + (3 * fromStep));
        Vector128<float> a = Sse.UnpackLow(r0, r1), b = Sse.UnpackHigh(r0, r1), c = Sse.UnpackLow(r2, r3), d = Sse.UnpackHigh(r2, r3);
        Sse.MoveLowToHigh(a, c).Store(to);
        Sse.MoveHighToLow(c, a).Store(to + toStep);
        Sse.MoveLowToHigh(b, d).Store(to + (2 * (nint)toStep));
        Sse.MoveHighToLow(d, b).Store(to + (3 * (nint)toStep));
    }
}
