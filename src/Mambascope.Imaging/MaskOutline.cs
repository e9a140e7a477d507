using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;

namespace Mambascope.Imaging;

/// <summary>The edge of a mask drawn into a picture: white inside, black outside, so that it shows on any colour.</summary>
public static class MaskOutline
{
    private const int LinesInPicture = 200; // a line is this part of the longer side, one pixel at least

    /// <summary>A copy of the picture with the outline; the mask may have another size and spans the picture.</summary>
    public static RgbImage Draw(RgbImage image, ObjectMask mask)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(mask);
        var result = new RgbImage(image.Width, image.Height, [.. image.Pixels]) { Orientation = image.Orientation };
        var reach = Math.Max(Math.Max(image.Width, image.Height) / LinesInPicture, 1);
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                var isInside = At(x, y);
                if (At(x - reach, y) != isInside || At(x + reach, y) != isInside || At(x, y - reach) != isInside
                    || At(x, y + reach) != isInside)
                {
                    result.Row(y).Slice(x * 3, 3).Fill(isInside ? byte.MaxValue : byte.MinValue);
                }
            }
        }

        return result;

        // Beyond the picture's edge the mask goes on, so an object that is cut off has no line there.
        bool At(int x, int y)
        {
            var (column, row) = (Math.Clamp(x, 0, image.Width - 1), Math.Clamp(y, 0, image.Height - 1));
            return mask.Values[(int)(((long)row * mask.Height / image.Height * mask.Width) + ((long)column * mask.Width / image.Width))]
                != 0;
        }
    }
}
