using Mambascope.Attribution;
using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Segmentation;

/// <summary>Which boxes are drawn around the foreground of a map.</summary>
public enum BoxRule
{
    /// <summary>Around the component with the most pixels.</summary>
    Largest,

    /// <summary>Around every component.</summary>
    All,
}

/// <summary>A map as weak supervision: thresholded to a mask, and boxes around what is connected (eight neighbours).</summary>
public static class PseudoMask
{
    /// <summary>The mask of a map at the size of a picture. A degenerate map has no foreground.</summary>
    public static ObjectMask Of(RelevanceMap<float> map, int height, int width, MapThreshold threshold)
        => new(threshold.Apply(PixelMap.Of(map, height, width)), height, width);

    /// <summary>
    /// The mask of a map in the pixels of the picture that the model's input was made of. The threshold is that of the pixels which the
    /// model saw; what it did not see is no foreground.
    /// </summary>
    /// <param name="map">Relevance of patches, or of the input's pixels.</param>
    /// <param name="transform">How the input lies in the picture.</param>
    /// <param name="threshold">Where it begins to be foreground.</param>
    public static ObjectMask OfOriginal(RelevanceMap<float> map, ImageTransform transform, MapThreshold threshold)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentNullException.ThrowIfNull(threshold);
        var placed = transform.MapToOriginal(map.Values, map.Rows, map.Columns);
        int[] seen = [.. Enumerable.Range(0, placed.Length).Where(pixel => !float.IsNaN(placed[pixel]))];
        var mask = new byte[placed.Length];
        if (map.Degenerate is null && seen.Length > 0)
        {
            var scaled = MinMax.Normalise([.. seen.Select(pixel => placed[pixel])]);
            var foreground = threshold.Apply(new(scaled.Values, 1, seen.Length, scaled.IsDegenerate));
            for (var i = 0; i < seen.Length; i++)
            {
                mask[seen[i]] = foreground[i];
            }
        }

        return new(mask, transform.OriginalHeight, transform.OriginalWidth);
    }

    /// <summary>Boxes around the foreground; none if there is none. All of them come in the order of their first pixels.</summary>
    public static IReadOnlyList<Box> Boxes(ObjectMask mask, BoxRule rule = BoxRule.Largest)
    {
        var all = Components.Of(mask.Values, mask.Height, mask.Width);
        return rule == BoxRule.All || all.Count == 0
            ? [.. all.Select(component => component.Bounds)]
            : [all.MaxBy(component => component.Size)!.Bounds]; // the first of equals
    }

    /// <summary>Pixels of the object in both masks over pixels in either; 0 if both are empty.</summary>
    /// <exception cref="BadInputException">The masks have different sizes.</exception>
    public static double IoU(ObjectMask first, ObjectMask second)
    {
        if (first.Height != second.Height || first.Width != second.Width)
        {
            throw new BadInputException($"masks: expected one size, found {first.Width}x{first.Height} and {second.Width}x{second.Height}");
        }

        var shared = 0L;
        for (var i = 0; i < first.Values.Length; i++)
        {
            shared += first.Values[i] & second.Values[i];
        }

        var either = first.Area + second.Area - shared;
        return either == 0 ? 0 : (double)shared / either;
    }
}
