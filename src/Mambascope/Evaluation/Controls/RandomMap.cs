using Mambascope.Attribution;

namespace Mambascope.Evaluation.Controls;

/// <summary>A map that knows nothing: uniform noise on the patch grid. What a method must beat.</summary>
public static class RandomMap
{
    /// <summary>The map of one unit of a data set.</summary>
    /// <param name="rows">Patches from top to bottom.</param>
    /// <param name="columns">Patches from left to right.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="unit">Number of the image; the map does not depend on which images came before.</param>
    public static RelevanceMap<float> Of(int rows, int columns, int seed, int unit)
    {
        var random = new Random(StableSeed.Of(seed, unit));
        var values = new float[rows * columns];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle();
        }

        return RelevanceMap<float>.Of(values, rows, columns);
    }
}
