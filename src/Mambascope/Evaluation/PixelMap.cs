using Mambascope.Attribution;
using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation;

/// <summary>
/// A relevance map at the size of a picture and in 0..1: bilinear enlargement, then min-max of the map. What measures of pixels read.
/// </summary>
/// <param name="Values">(height, width), 0..1; zeros for a degenerate map.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="IsDegenerate">The map is constant or not finite: it ranks nothing.</param>
public sealed record PixelMap(float[] Values, int Height, int Width, bool IsDegenerate)
{
    /// <summary>
    /// Enlarges <paramref name="map"/> (from the patch grid, or of any size) to <paramref name="height"/> x <paramref name="width"/>
    /// pixels.
    /// </summary>
    public static PixelMap Of(RelevanceMap<float> map, int height, int width)
    {
        var scaled = MinMax.Normalise(Upsampling.Bilinear(map.Values, map.Rows, map.Columns, height, width));
        return new(scaled.Values, height, width, scaled.IsDegenerate || map.Degenerate is not null);
    }
}
