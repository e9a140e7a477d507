using System.Runtime.InteropServices;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// One garment resampled to the size it has in a scene: grey values 0..255 in a square of <see cref="Side"/> pixels, and the
/// box of its inked pixels. Only +, -, * and comparisons, which are the same on every IEEE machine.
/// </summary>
internal readonly ref struct GarmentPatch
{
    /// <summary>Largest scale a plain scene uses.</summary>
    public const float MaxScale = 1.3f;

    /// <summary>Largest scale of all: 51 of the canvas's 56 pixels.</summary>
    public const float MaxHardScale = 1.8f;

    /// <summary>Values a buffer for the largest patch must hold: ceil(28 * 1.8) = 51, squared.</summary>
    public const int MaxValues = 51 * 51;

    /// <summary>Grey value from which a pixel is fully opaque; below it opacity falls linearly to 0.</summary>
    public const float OpaqueGrey = 64f;

    /// <summary>A pixel belongs to the garment's mask when its opacity is at least this.</summary>
    public const float MaskOpacity = 0.5f;

    private GarmentPatch(ReadOnlySpan<float> grey, int side, Box box)
    {
        Grey = grey;
        Side = side;
        InkBox = box;
    }

    /// <summary>Grey values, (Side, Side) row-major.</summary>
    public ReadOnlySpan<float> Grey { get; }

    public int Side { get; }

    /// <summary>Smallest box around all grey values above 0.</summary>
    public Box InkBox { get; }

    public static float Opacity(float grey) => grey >= OpaqueGrey ? 1f : grey * (1f / OpaqueGrey);

    public static bool InMask(float grey) => Opacity(grey) >= MaskOpacity;

    /// <summary>Side of the patch at a scale: the smallest that holds 28 * scale pixels.</summary>
    public static int SideAt(float scale)
    {
        var exact = FashionMnist.Side * scale;
        var side = (int)exact;
        return side < exact ? side + 1 : side;
    }

    /// <summary>Bilinear resampling of a 28 x 28 garment; pixel centres map to pixel centres, outside is 0.</summary>
    public static GarmentPatch Resample(ReadOnlySpan<byte> garment, float scale, bool flip, Span<float> buffer)
    {
        const int n = FashionMnist.Side;
        var side = SideAt(scale);
        var step = 1f / scale;

        // Both axes are sampled at the same places. Tap i reads cells i-1 and i of a garment with a rim of zeros.
        Span<int> cell = stackalloc int[side];
        Span<float> fraction = stackalloc float[side];
        for (var p = 0; p < side; p++)
        {
            var at = ((p + 0.5f) * step) + 0.5f;
            cell[p] = (int)at;
            fraction[p] = at - cell[p];
        }

        const int rimmed = n + 3;
        Span<float> source = stackalloc float[rimmed * rimmed];
        source.Clear();
        for (var y = 0; y < n; y++)
        {
            for (var x = 0; x < n; x++)
            {
                source[((y + 1) * rimmed) + x + 1] = garment[(y * n) + (flip ? n - 1 - x : x)];
            }
        }

        Span<float> wide = stackalloc float[rimmed * side];
        for (var y = 0; y < rimmed; y++)
        {
            var from = source.Slice(y * rimmed, rimmed);
            for (var x = 0; x < side; x++)
            {
                var left = from[cell[x]];
                wide[(y * side) + x] = left + ((from[cell[x] + 1] - left) * fraction[x]);
            }
        }

        var grey = buffer[..(side * side)];
        int left0 = side, right0 = 0, top0 = side, bottom0 = 0;
        for (var y = 0; y < side; y++)
        {
            var above = wide.Slice(cell[y] * side, side);
            var below = wide.Slice((cell[y] + 1) * side, side);
            for (var x = 0; x < side; x++)
            {
                var value = above[x] + ((below[x] - above[x]) * fraction[y]);
                grey[(y * side) + x] = value;
                if (value > 0f)
                {
                    left0 = Math.Min(left0, x);
                    right0 = Math.Max(right0, x + 1);
                    top0 = Math.Min(top0, y);
                    bottom0 = y + 1;
                }
            }
        }

        var box = right0 == 0 ? new Box(0, 0, side, side) : new Box(left0, top0, right0, bottom0);
        return new GarmentPatch(grey, side, box);
    }
}

/// <summary>A box of pixels; right and bottom are exclusive.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Box(int Left, int Top, int Right, int Bottom)
{
    public int Width => Right - Left;

    public int Height => Bottom - Top;

    public Box Shift(int x, int y) => new(Left + x, Top + y, Right + x, Bottom + y);

    /// <summary>Number of pixels both boxes hold.</summary>
    public int Overlap(Box other) =>
        Math.Max(0, Math.Min(Right, other.Right) - Math.Max(Left, other.Left)) *
        Math.Max(0, Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top));
}
