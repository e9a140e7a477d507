using Mambascope.Inputs.Images;
using SkiaSharp;

namespace Mambascope.Imaging;

/// <summary>Between <see cref="RgbImage"/> and the drawing library's bitmaps.</summary>
internal static class Canvas
{
    /// <summary>An opaque RGBA copy.</summary>
    internal static SKBitmap ToBitmap(RgbImage image)
    {
        var bitmap = new SKBitmap(Describe(image.Width, image.Height));
        var rgba = bitmap.GetPixelSpan();
        var rgb = image.Pixels;
        for (int from = 0, to = 0; from < rgb.Length; from += 3, to += 4)
        {
            rgba[to] = rgb[from];
            rgba[to + 1] = rgb[from + 1];
            rgba[to + 2] = rgb[from + 2];
            rgba[to + 3] = 255;
        }

        return bitmap;
    }

    /// <summary>Paints a picture of the given size; <paramref name="paint"/> draws on a canvas in pixels.</summary>
    internal static RgbImage Paint(int width, int height, Action<SKCanvas> paint)
    {
        RgbImage.CheckSize(width, height, "picture");
        using var bitmap = new SKBitmap(Describe(width, height));
        using (var canvas = new SKCanvas(bitmap))
        {
            paint(canvas);
        }

        var image = new RgbImage(width, height);
        var rgba = bitmap.GetPixelSpan();
        var rgb = image.Pixels;
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
        {
            rgb[to] = rgba[from];
            rgb[to + 1] = rgba[from + 1];
            rgb[to + 2] = rgba[from + 2];
        }

        return image;
    }

    private static SKImageInfo Describe(int width, int height) => new(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
}
