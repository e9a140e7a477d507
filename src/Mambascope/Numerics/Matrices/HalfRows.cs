using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <summary>
/// Rows of a weight whose only copy are panels, of 16-bit values widened: for look-ups, for products with W itself, and for oracles.
/// </summary>
internal static class HalfRows
{
    // Inputs taken out of a panel at a time: their rows (32 of 64 bytes) and what they become stay in the first-level cache.
    private const int Depth = 32;

    /// <summary>Row <paramref name="row"/> of W (outputs, inputs).</summary>
    public static void Read(PackedMatrix packed, int row, Span<float> to)
    {
        if (packed.Words is not null)
        {
            BlockRows.Read(packed, row, to);
            return;
        }

        if (packed.Format == WeightFormat.F32)
        {
            SingleRows.Read(packed, row, to);
            return;
        }

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
        if (packed.Words is not null)
        {
            BlockRows.Read(workers, packed, first, count, to);
            return;
        }

        if (packed.Format == WeightFormat.F32)
        {
            SingleRows.Read(workers, packed, first, count, to);
            return;
        }

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
        if (packed.Format == WeightFormat.BF16)
        {
            ReadPanel<BrainPairs>(packed, panel, first, count, to);
        }
        else
        {
            ReadPanel<HalfPairs>(packed, panel, first, count, to);
        }
    }

    // Row r of W is column r of the panel: 4 x 4 pairs are turned in registers and widened to four values each of eight rows.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void ReadPanel<TFormat>(PackedMatrix packed, int panel, int first, int count, Span<float> to)
        where TFormat : struct, IPairFormat
    {
        var (width, inner) = (packed.PanelWidth, packed.Inner);
        var (low, high) = (Math.Max(first, panel * width), Math.Min(first + count, (panel + 1) * width));
        var turned = Sse.IsSupported && width % 8 == 0 ? inner / 4 * 4 : 0;
        fixed (ushort* halves = &packed.Halves[packed.Offset + (panel * width * inner)])
        fixed (float* rows = to)
        {
            for (var k0 = 0; k0 < turned; k0 += Depth)
            {
                for (var lane = 0; lane < width / 2; lane += 4)
                {
                    var row = (panel * width) + lane;
                    for (var k = k0; k < Math.Min(turned, k0 + Depth); k += 4)
                    {
                        var from = (float*)(halves + (k * width)) + lane;
                        var step = width / 2;
                        Vector128<float> r0 = Vector128.Load(from),
                            r1 = Vector128.Load(from + step),
                            r2 = Vector128.Load(from + (2 * step)),
                            r3 = Vector128.Load(from + (3 * step));
                        Vector128<float> a = Sse.UnpackLow(r0, r1),
                            b = Sse.UnpackHigh(r0, r1),
                            c = Sse.UnpackLow(r2, r3),
                            d = Sse.UnpackHigh(r2, r3);
                        Put<TFormat>(Sse.MoveLowToHigh(a, c), rows, row, width / 2, low, high, first, inner, k);
                        Put<TFormat>(Sse.MoveHighToLow(c, a), rows, row + 1, width / 2, low, high, first, inner, k);
                        Put<TFormat>(Sse.MoveLowToHigh(b, d), rows, row + 2, width / 2, low, high, first, inner, k);
                        Put<TFormat>(Sse.MoveHighToLow(d, b), rows, row + 3, width / 2, low, high, first, inner, k);
                    }
                }
            }

            for (var row = low; row < high; row++)
            {
                var at = PackedMatrix.PairPlace(row - (panel * width), width);
                for (var k = turned; k < inner; k++)
                {
                    rows[((row - first) * (nint)inner) + k] = Widen(halves[at + (k * width)], packed.Format);
                }
            }
        }
    }

    // Four pairs: values k.. of a row in their lower halves, of the row half a panel on in their upper ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Put<TFormat>(
        Vector128<float> pairs, float* rows, int row, int half, int low, int high, int first, int inner, int k)
        where TFormat : struct, IPairFormat
    {
        if (row >= low && row < high)
        {
            Vector128.Store(TFormat.Low<Width128, Vector128<float>>(pairs), rows + ((row - first) * (nint)inner) + k);
        }

        row += half;
        if (row >= low && row < high)
        {
            Vector128.Store(TFormat.High<Width128, Vector128<float>>(pairs), rows + ((row - first) * (nint)inner) + k);
        }
    }

    private static float Widen(ushort half, WeightFormat format)
        => format == WeightFormat.BF16
            ? BitConverter.UInt32BitsToSingle((uint)half << 16)
            : HalfPairs.Low<Width1, float>(BitConverter.UInt32BitsToSingle(half));
}
