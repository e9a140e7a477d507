using Mambascope.Attribution;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Localisation;

/// <summary>
/// Does a map tell the explained object from another one? The chance that a pixel of the explained object has a higher value than one of
/// the other, equal values counting half: 0.5 for a map that is not class-specific, however well it draws both.
/// </summary>
public static class OwnOverOther
{
    /// <summary>The chance, 0 to 1; 0.5 for a map that says nothing.</summary>
    /// <param name="map">The map for the class of <paramref name="own"/>.</param>
    /// <param name="own">The explained object.</param>
    /// <param name="other">The other one.</param>
    public static double Measure(RelevanceMap<float> map, ObjectMask own, ObjectMask other)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (map.Degenerate is not null)
        {
            return 0.5;
        }

        ReadOnlySpan<float> pixels = Upsampling.Bilinear(map.Values, map.Rows, map.Columns, own.Height, own.Width);
        var (mine, others) = (Sorted(pixels, own), Sorted(pixels, other));
        var (wins, below, equal) = (0.0, 0, 0);
        foreach (var value in mine)
        {
            for (; below < others.Length && others[below] < value; below++)
            {
            }

            for (equal = Math.Max(equal, below); equal < others.Length && others[equal] == value; equal++)
            {
            }

            wins += below + ((equal - below) / 2.0);
        }

        return mine.Length == 0 || others.Length == 0 ? 0.5 : wins / mine.Length / others.Length;
    }

    private static float[] Sorted(ReadOnlySpan<float> pixels, ObjectMask mask)
    {
        var values = new List<float>();
        for (var i = 0; i < pixels.Length; i++)
        {
            if (mask.Values[i] != 0)
            {
                values.Add(pixels[i]);
            }
        }

        values.Sort();
        return [.. values];
    }
}
