using Mambascope.Inputs.Images;

namespace Mambascope.Imaging;

/// <summary>Brings small pictures to a size at which they can be looked at.</summary>
internal static class Enlargement
{
    // From here on a pixel is large enough to be seen as one: whole multiples, no smoothing. Below, steps would look like damage.
    private const int CrispFactor = 4;

    /// <summary>The picture with its longer side near (crisp) or at (smooth) <paramref name="side"/> pixels, aspect ratio kept.</summary>
    internal static RgbImage ToSide(RgbImage image, int side)
    {
        var longer = Math.Max(image.Width, image.Height);
        if (side / longer >= CrispFactor)
        {
            return Repeat(image, side / longer);
        }

        var width = Math.Max((int)Math.Round((double)image.Width * side / longer), 1);
        var height = Math.Max((int)Math.Round((double)image.Height * side / longer), 1);
        return PilResize.Resize(image, width, height, ResizeFilter.Bicubic);
    }

    /// <summary>Each pixel as a square of <paramref name="factor"/> by <paramref name="factor"/>.</summary>
    internal static RgbImage Repeat(RgbImage image, int factor)
    {
        if (factor == 1)
        {
            return image;
        }

        var result = new RgbImage(image.Width * factor, image.Height * factor);
        for (var y = 0; y < result.Height; y++)
        {
            var target = result.Row(y);
            if (y % factor != 0)
            {
                result.Row(y - 1).CopyTo(target);
                continue;
            }

            var source = image.Row(y / factor);
            for (var x = 0; x < result.Width; x++)
            {
                source.Slice(x / factor * 3, 3).CopyTo(target[(x * 3)..]);
            }
        }

        return result;
    }
}
