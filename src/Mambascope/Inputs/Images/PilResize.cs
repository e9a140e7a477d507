using System.Numerics;
using System.Runtime.InteropServices;

namespace Mambascope.Inputs.Images;

/// <summary>
/// Resizes as <c>PIL.Image.resize</c> does, byte for byte: a horizontal pass, rounded to bytes, then a vertical one, both in
/// 32-bit fixed point. A pass whose size does not change is skipped. Checkpoints were trained behind this arithmetic.
/// </summary>
public static class PilResize
{
    // Above this many ints the transposed strip is not worth its memory; such rows take the scalar loop.
    private const int LongestStrip = 1 << 22;

    /// <summary>Resizes the whole picture.</summary>
    /// <exception cref="BadInputException">The new size is out of range (<see cref="RgbImage.CheckSize"/>).</exception>
    public static RgbImage Resize(RgbImage image, int width, int height, ResizeFilter filter)
    {
        ArgumentNullException.ThrowIfNull(image);
        RgbImage.CheckSize(width, height, "resized image");
        return ResizeWindow(image, width, height, 0, 0, width, height, filter);
    }

    /// <summary>
    /// The window of <paramref name="width"/> x <paramref name="height"/> at (<paramref name="left"/>, <paramref name="top"/>) of the
    /// picture resized to <paramref name="fullWidth"/> x <paramref name="fullHeight"/>: the same bytes as a resize and a crop, without the
    /// work (nor, for a very long and thin picture, the memory) of what the crop throws away.
    /// </summary>
    internal static RgbImage ResizeWindow(
        RgbImage image, long fullWidth, long fullHeight, long left, long top, int width, int height, ResizeFilter filter)
    {
        var keepWidth = fullWidth == image.Width;
        var keepHeight = fullHeight == image.Height;
        var vertical = keepHeight ? null : new ResampleWeights(image.Height, fullHeight, top, height, filter);
        var (low, high) = vertical?.Span ?? ((int)top, (int)top + height);

        // Rows [low, high) of the source, at their final width.
        var narrowed = new RgbImage(width, high - low);
        if (keepWidth)
        {
            for (var y = low; y < high; y++)
            {
                image.Row(y).Slice((int)left * 3, width * 3).CopyTo(narrowed.Row(y - low));
            }
        }
        else
        {
            Horizontal(image, low, narrowed, new ResampleWeights(image.Width, fullWidth, left, width, filter));
        }

        if (vertical is null)
        {
            return narrowed;
        }

        var result = new RgbImage(width, height);
        Vertical(narrowed, low, result, vertical);
        return result;
    }

    /// <summary>
    /// Lanes are rows: a strip of Vector&lt;int&gt;.Count rows is transposed so that each (column, channel) holds one vector, and every
    /// tap is then one multiply-add for the whole strip. Rows left over, and very long rows, run the scalar loop, which is the definition.
    /// </summary>
    private static void Horizontal(RgbImage source, int firstRow, RgbImage target, ResampleWeights weights)
    {
        var lanes = Vector<int>.Count;
        var y = 0;
        if ((long)source.Width * 3 * lanes <= LongestStrip && target.Height >= lanes)
        {
            var strip = new Vector<int>[source.Width * 3];
            for (; y + lanes <= target.Height; y += lanes)
            {
                Transpose(source, firstRow + y, strip);
                HorizontalStrip(strip, target, y, weights);
            }
        }

        for (; y < target.Height; y++)
        {
            HorizontalRow(source.Row(firstRow + y), target.Row(y), weights);
        }
    }

    private static void Transpose(RgbImage source, int firstRow, Vector<int>[] strip)
    {
        var ints = MemoryMarshal.Cast<Vector<int>, int>(strip.AsSpan());
        var lanes = Vector<int>.Count;
        for (var lane = 0; lane < lanes; lane++)
        {
            var row = source.Row(firstRow + lane);
            for (int p = 0, at = lane; p < row.Length; p++, at += lanes)
            {
                ints[at] = row[p];
            }
        }
    }

    private static void HorizontalStrip(ReadOnlySpan<Vector<int>> strip, RgbImage target, int firstRow, ResampleWeights weights)
    {
        var stride = target.Width * 3;
        var pixels = target.Pixels.AsSpan(firstRow * stride);
        for (var x = 0; x < target.Width; x++)
        {
            var taps = weights.Taps(x);
            var from = strip.Slice(weights.First(x) * 3, taps.Length * 3);
            var red = new Vector<int>(ResampleWeights.Half);
            var green = red;
            var blue = red;
            for (var j = 0; j < taps.Length; j++)
            {
                var weight = new Vector<int>(taps[j]);
                red += weight * from[j * 3];
                green += weight * from[(j * 3) + 1];
                blue += weight * from[(j * 3) + 2];
            }

            red = Clip(red);
            green = Clip(green);
            blue = Clip(blue);
            for (int lane = 0, at = x * 3; lane < Vector<int>.Count; lane++, at += stride)
            {
                pixels[at] = (byte)red[lane];
                pixels[at + 1] = (byte)green[lane];
                pixels[at + 2] = (byte)blue[lane];
            }
        }
    }

    private static void HorizontalRow(ReadOnlySpan<byte> source, Span<byte> target, ResampleWeights weights)
    {
        for (var p = 0; p < target.Length; p++)
        {
            var x = p / 3;
            var taps = weights.Taps(x);
            var sum = ResampleWeights.Half;
            for (int j = 0, at = (weights.First(x) * 3) + (p % 3); j < taps.Length; j++, at += 3)
            {
                sum += taps[j] * source[at];
            }

            target[p] = Clip(sum);
        }
    }

    /// <summary>Lanes are consecutive bytes of a row; the sums of one output row stay in the first-level cache.</summary>
    private static void Vertical(RgbImage source, int firstRow, RgbImage target, ResampleWeights weights)
    {
        var sums = new int[target.Width * 3];
        for (var y = 0; y < target.Height; y++)
        {
            sums.AsSpan().Fill(ResampleWeights.Half);
            var taps = weights.Taps(y);
            for (var j = 0; j < taps.Length; j++)
            {
                AddScaled(sums, source.Row(weights.First(y) - firstRow + j), taps[j]);
            }

            var row = target.Row(y);
            for (var p = 0; p < row.Length; p++)
            {
                row[p] = Clip(sums[p]);
            }
        }
    }

    private static void AddScaled(Span<int> sums, ReadOnlySpan<byte> row, int weight)
    {
        var lanes = Vector<int>.Count;
        var wide = new Vector<int>(weight);
        var p = 0;
        for (; p + (4 * lanes) <= row.Length; p += 4 * lanes)
        {
            Vector.Widen(new Vector<byte>(row[p..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Accumulate(sums[p..], a, wide);
            Accumulate(sums[(p + lanes)..], b, wide);
            Accumulate(sums[(p + (2 * lanes))..], c, wide);
            Accumulate(sums[(p + (3 * lanes))..], d, wide);
        }

        for (; p < row.Length; p++)
        {
            sums[p] += weight * row[p];
        }
    }

    private static void Accumulate(Span<int> sums, Vector<uint> bytes, Vector<int> weight) =>
        (new Vector<int>(sums) + (weight * Vector.AsVectorInt32(bytes))).CopyTo(sums);

    private static Vector<int> Clip(Vector<int> sum) =>
        Vector.Min(Vector.Max(Vector.ShiftRightArithmetic(sum, ResampleWeights.FractionBits), Vector<int>.Zero), new Vector<int>(255));

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResampleWeights.FractionBits, 0, 255);
}
