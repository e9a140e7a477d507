using Mambascope.Attribution;

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
