using Mambascope.Inputs.Images;

namespace Mambascope.Imaging;

/// <summary>The part of a picture that a crop kept from the model: grey and faded, with a line around what it saw.</summary>
internal static class Unseen
{
    // Of 256: how much of the grey picture stays.
    private const int Ink = 90;
    private const int LinesInPicture = 280; // the line is this part of the longer side, one pixel at least

    /// <summary>A drawn picture with what the model did not see taken from the plain one.</summary>
    /// <param name="drawn">The picture with a map over it, or the picture itself.</param>
    /// <param name="plain">The picture without a map, of the same size.</param>
    /// <param name="transform">How the model's input lies in the picture, whatever size that has here.</param>
    internal static RgbImage Fade(RgbImage drawn, RgbImage plain, ImageTransform transform)
    {
        var (width, height) = (plain.Width, plain.Height);
        var seen = (transform with { OriginalWidth = width, OriginalHeight = height }).Seen;
        var (left, top, right, bottom) = (
            (int)Math.Round(seen.Left), (int)Math.Round(seen.Top), (int)Math.Round(seen.Right), (int)Math.Round(seen.Bottom));
        if (left <= 0 && top <= 0 && right >= width && bottom >= height)
        {
            return drawn;
        }

        var line = Math.Max(Math.Max(width, height) / LinesInPicture, 1);
        var grey = plain.ToGray();
        var result = new RgbImage(width, height, [.. drawn.Pixels]) { Orientation = drawn.Orientation };
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                if (x >= left && x < right && y >= top && y < bottom)
                {
                    continue;
                }

                // The line lies outside what was seen, so that it hides nothing of the map.
                var isEdge = x >= left - line && x < right + line && y >= top - line && y < bottom + line;
                var pixel = result.Row(y).Slice(x * 3, 3);
                if (isEdge)
                {
                    pixel.Clear();
                }
                else
                {
                    pixel.Fill((byte)(255 - (((255 - grey.Row(y)[x * 3]) * Ink) >> 8)));
                }
            }
        }

        return result;
    }
}
