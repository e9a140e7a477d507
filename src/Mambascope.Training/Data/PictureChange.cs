using Mambascope.Evaluation;

namespace Mambascope.Training;

/// <summary>
/// Changes a picture (size, size, 3) at random: every pixel is looked up where a turned, scaled, shifted or flipped grid puts it (the edge
/// goes on outside), between pixels by bilinear interpolation; then contrast about the middle grey and brightness.
/// </summary>
internal static class PictureChange
{
    private const int ShiftShare = 14;
    private const float MostTurn = 10 * MathF.PI / 180;
    private const float MostZoom = 0.1f;
    private const float MostContrast = 0.2f;
    private const float Middle = 127.5f;

    /// <summary>Values 0..255 of the changed picture, (size, size, 3).</summary>
    public static void Apply(ReadOnlySpan<byte> picture, int size, PictureChanges changes, SplitMix64 random, Span<float> changed)
    {
        var reach = Math.Max(1, (size + (ShiftShare / 2)) / ShiftShare);
        var (dx, dy) = changes.HasFlag(PictureChanges.Shift)
            ? (random.Below((2 * reach) + 1) - reach, random.Below((2 * reach) + 1) - reach)
            : (0, 0);
        var mirror = changes.HasFlag(PictureChanges.Flip) && random.Below(2) == 1 ? -1f : 1f;
        var (angle, zoom) = changes.HasFlag(PictureChanges.Turn)
            ? (random.Between(-MostTurn, MostTurn), random.Between(1 - MostZoom, 1 + MostZoom))
            : (0f, 1f);
        var (gain, lift) = changes.HasFlag(PictureChanges.Contrast)
            ? (random.Between(1 - MostContrast, 1 + MostContrast), random.Between(-MostContrast, MostContrast) * Middle)
            : (1f, 0f);
        var (cos, sin, centre) = (MathF.Cos(angle) * zoom, MathF.Sin(angle) * zoom, (size - 1) / 2f);
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var (u, v) = (mirror * (x - centre), y - centre);
                var from = Math.Clamp((cos * u) - (sin * v) + centre - dx, 0, size - 1);
                var row = Math.Clamp((sin * u) + (cos * v) + centre - dy, 0, size - 1);
                var to = changed.Slice(((y * size) + x) * 3, 3);
                Sample(picture, size, from, row, to);
                for (var c = 0; c < 3; c++)
                {
                    to[c] = Math.Clamp(((to[c] - Middle) * gain) + Middle + lift, 0, byte.MaxValue);
                }
            }
        }
    }

    private static void Sample(ReadOnlySpan<byte> picture, int size, float x, float y, Span<float> to)
    {
        var (left, top) = ((int)x, (int)y);
        var (right, bottom) = (Math.Min(left + 1, size - 1), Math.Min(top + 1, size - 1));
        var (a, b) = (x - left, y - top);
        for (var c = 0; c < 3; c++)
        {
            float At(ReadOnlySpan<byte> pixels, int row, int column) => pixels[(((row * size) + column) * 3) + c];
            var above = At(picture, top, left) + (a * (At(picture, top, right) - At(picture, top, left)));
            var below = At(picture, bottom, left) + (a * (At(picture, bottom, right) - At(picture, bottom, left)));
            to[c] = above + (b * (below - above));
        }
    }
}
