using Mambascope.Attribution;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Localisation;

/// <summary>Where the maximum of the map for one class lies, in a picture of several objects.</summary>
internal enum PointsAt
{
    /// <summary>On neither; degenerate maps too.</summary>
    Background,

    /// <summary>On the object of the explained class.</summary>
    Target,

    /// <summary>On the object of another class.</summary>
    Other,
}

/// <summary>
/// Class pointing: does the map for class A lie on A, and not on B beside it? One map; evaluate pointing runs it over scenes.
/// </summary>
internal static class ClassPointing
{
    /// <summary>Looks the map's maximum up (of equal values the first).</summary>
    /// <param name="map">The map for the target's class.</param>
    /// <param name="target">The object of that class.</param>
    /// <param name="other">The other object.</param>
    /// <exception cref="BadInputException">The masks have different sizes.</exception>
    public static PointsAt Measure(RelevanceMap<float> map, ObjectMask target, ObjectMask other)
    {
        if (target.Height != other.Height || target.Width != other.Width)
        {
            throw new BadInputException($"masks: expected one size, found {target.Width}x{target.Height} and {other.Width}x{other.Height}");
        }

        if (map.Degenerate is not null)
        {
            return PointsAt.Background;
        }

        ReadOnlySpan<float> pixels = Upsampling.Bilinear(map.Values, map.Rows, map.Columns, target.Height, target.Width);
        var best = 0;
        for (var i = 1; i < pixels.Length; i++)
        {
            best = pixels[i] > pixels[best] ? i : best;
        }

        return target.Values[best] != 0 ? PointsAt.Target : other.Values[best] != 0 ? PointsAt.Other : PointsAt.Background;
    }
}
