namespace Mambascope.Inputs.Images;

/// <summary>
/// Enlarges a map on the patch grid to the size of a picture: bilinear, as PyTorch's <c>interpolate(align_corners=False)</c>.
/// </summary>
/// <remarks>
/// Output t reads source coordinate <c>(t + ½) · source / target - ½</c>, clamped to the grid. Grid cells are areas, so the outermost
/// half cell is flat. A constant map stays exactly constant.
/// </remarks>
public static class Upsampling
{
    /// <summary>The map (height, width) at (targetHeight, targetWidth).</summary>
    /// <exception cref="ArgumentException">The map's length is not height · width, or a size is below 1.</exception>
    public static float[] Bilinear(ReadOnlySpan<float> map, int height, int width, int targetHeight, int targetWidth)
    {
        if (height < 1 || width < 1 || map.Length != height * width)
        {
            throw new ArgumentException($"expected a map of {height}x{width} values, found {map.Length}", nameof(map));
        }

        if (targetHeight < 1 || targetWidth < 1)
        {
            throw new ArgumentException($"expected target sides of 1 or more, found {targetWidth}x{targetHeight}", nameof(targetHeight));
        }

        var columns = Positions(width, targetWidth);
        var rows = Positions(height, targetHeight);

        // (height, targetWidth), kept in double so that the result is rounded once.
        var wide = new double[height * targetWidth];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < targetWidth; x++)
            {
                var (low, high, fraction) = columns[x];
                double a = map[(y * width) + low];
                wide[(y * targetWidth) + x] = a + (fraction * (map[(y * width) + high] - a));
            }
        }

        var result = new float[targetHeight * targetWidth];
        for (var y = 0; y < targetHeight; y++)
        {
            var (low, high, fraction) = rows[y];
            var above = wide.AsSpan(low * targetWidth, targetWidth);
            var below = wide.AsSpan(high * targetWidth, targetWidth);
            var target = result.AsSpan(y * targetWidth, targetWidth);
            for (var x = 0; x < targetWidth; x++)
            {
                target[x] = (float)(above[x] + (fraction * (below[x] - above[x])));
            }
        }

        return result;
    }

    private static (int Low, int High, double Fraction)[] Positions(int source, int target)
    {
        var positions = new (int, int, double)[target];
        for (var t = 0; t < target; t++)
        {
            var at = Math.Clamp(((t + 0.5) * source / target) - 0.5, 0, source - 1);
            var low = (int)at;
            positions[t] = (low, Math.Min(low + 1, source - 1), at - low);
        }

        return positions;
    }
}
