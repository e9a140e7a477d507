using Mambascope.Evaluation.Segmentation;

namespace Mambascope.Evaluation.Cases;

/// <summary>
/// Masks at another size, by the nearest pixel: column x of the result is column floor((x + 1/2) · from / to) of the mask, as Pillow's
/// NEAREST.
/// </summary>
internal static class MaskResize
{
    public static ObjectMask Nearest(byte[] mask, int height, int width, int toHeight, int toWidth)
    {
        if (height == toHeight && width == toWidth)
        {
            return new(mask, height, width);
        }

        var result = new byte[toHeight * toWidth];
        for (var y = 0; y < toHeight; y++)
        {
            var from = (int)((y + 0.5) * height / toHeight) * width;
            for (var x = 0; x < toWidth; x++)
            {
                result[(y * toWidth) + x] = mask[from + (int)((x + 0.5) * width / toWidth)];
            }
        }

        return new(result, toHeight, toWidth);
    }
}
