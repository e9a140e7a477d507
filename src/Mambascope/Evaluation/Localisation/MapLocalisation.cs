using Mambascope.Attribution;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Localisation;

/// <summary>Does one map lie on the object? Each value is a per-image figure; a data set's is the mean.</summary>
/// <param name="PointingHit">1 if the map's maximum lies on the object (the pointing game), else 0.</param>
/// <param name="MassAccuracy">Share of the positive relevance that lies on the object.</param>
/// <param name="RankAccuracy">Share of the object's size K that the K most relevant pixels cover of it.</param>
/// <param name="ObjectShare">Share of the picture that is object: what a map that knows nothing scores on average.</param>
/// <param name="IsDegenerate">The map is constant or not finite; all figures are 0.</param>
public sealed record LocalisationRecord(
    double PointingHit, double MassAccuracy, double RankAccuracy, double ObjectShare, bool IsDegenerate);

/// <summary>
/// The pointing game (Zhang et al. 2016), and relevance mass and rank accuracy (Arras, Osman and Samek 2022). Maps are enlarged to the
/// mask's size (bilinear) and not min-maxed, since that would move relevance from where it is to everywhere.
/// </summary>
public static class MapLocalisation
{
    /// <summary>Measures one map against one mask.</summary>
    /// <param name="map">Relevance on the patch grid or at any size.</param>
    /// <param name="mask">The object of the explained class.</param>
    /// <param name="tolerance">
    /// A maximum at most this many pixels away from the object is a hit too (15 in the pointing game's original; 0 here).
    /// </param>
    public static LocalisationRecord Measure(RelevanceMap<float> map, ObjectMask mask, int tolerance = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tolerance);
        var share = (double)mask.Area / mask.Values.Length;
        var pixels = Upsampling.Bilinear(map.Values, map.Rows, map.Columns, mask.Height, mask.Width);
        if (map.Degenerate is not null || mask.Area == 0)
        {
            return new(0, 0, 0, share, map.Degenerate is not null);
        }

        var order = ValueOrder.Descending(pixels);
        var covered = 0;
        foreach (var pixel in order.AsSpan(0, mask.Area))
        {
            covered += mask.Values[pixel];
        }

        return new(
            IsNear(mask, order[0], tolerance) ? 1 : 0, MassAccuracy(pixels, mask), (double)covered / mask.Area, share, IsDegenerate: false);
    }

    private static double MassAccuracy(float[] pixels, ObjectMask mask)
    {
        var (inside, all) = (0.0, 0.0);
        for (var i = 0; i < pixels.Length; i++)
        {
            var positive = Math.Max(pixels[i], 0);
            all += positive;
            inside += mask.Values[i] != 0 ? positive : 0;
        }

        return all > 0 ? inside / all : 0;
    }

    private static bool IsNear(ObjectMask mask, int pixel, int tolerance)
    {
        var (row, column) = (pixel / mask.Width, pixel % mask.Width);
        for (var y = Math.Max(0, row - tolerance); y <= Math.Min(mask.Height - 1, row + tolerance); y++)
        {
            for (var x = Math.Max(0, column - tolerance); x <= Math.Min(mask.Width - 1, column + tolerance); x++)
            {
                var near = ((y - row) * (y - row)) + ((x - column) * (x - column)) <= tolerance * tolerance;
                if (near && mask.Values[(y * mask.Width) + x] != 0)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
