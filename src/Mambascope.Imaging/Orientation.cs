using Mambascope.Inputs.Images;
using SkiaSharp;

namespace Mambascope.Imaging;

/// <summary>Turns and mirrors a picture as its EXIF orientation tag (1 to 8) asks.</summary>
internal static class Orientation
{
    internal static RgbImage Apply(RgbImage image, SKEncodedOrigin origin)
    {
        // Named by where row 0 and column 0 of the stored picture belong: TopLeft is upright, RightTop a quarter turn clockwise.
        var (transposed, mirrorX, mirrorY) = origin switch
        {
            SKEncodedOrigin.TopRight => (false, true, false),
            SKEncodedOrigin.BottomRight => (false, true, true),
            SKEncodedOrigin.BottomLeft => (false, false, true),
            SKEncodedOrigin.LeftTop => (true, false, false),
            SKEncodedOrigin.RightTop => (true, true, false),
            SKEncodedOrigin.RightBottom => (true, true, true),
            SKEncodedOrigin.LeftBottom => (true, false, true),
            _ => (false, false, false),
        };
        if (!transposed && !mirrorX && !mirrorY)
            return image;
        var upright = transposed ? new RgbImage(image.Height, image.Width) : new RgbImage(image.Width, image.Height);
        for (var y = 0; y < upright.Height; y++)
        {
            var row = upright.Row(y);
            for (var x = 0; x < upright.Width; x++)
            {
                var u = mirrorX ? upright.Width - 1 - x : x;
                var v = mirrorY ? upright.Height - 1 - y : y;
                var from = transposed ? image.Row(u).Slice(v * 3, 3) : image.Row(v).Slice(u * 3, 3);
                from.CopyTo(row[(x * 3)..]);
            }
        }

        return upright;
    }
}
