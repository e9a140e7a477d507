namespace Mambascope.Evaluation.Perturbation;

/// <summary>
/// Fills unknown pixels from averages of known ones: each level of a pyramid averages the known part of 2 x 2 places, and on the way back
/// a place without anything known takes the value of the place above it. Linear in the pixels; a first guess, not an answer.
/// </summary>
internal static class CoarseToFine
{
    /// <summary>Overwrites the unknown pixels of <paramref name="plane"/>.</summary>
    /// <param name="plane">(height, width).</param>
    /// <param name="unknown">1 where a pixel is unknown; row y begins at y * stride.</param>
    /// <param name="stride">Distance of two rows of <paramref name="unknown"/>.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static void Fill(Span<float> plane, ReadOnlySpan<float> unknown, int stride, int height, int width)
    {
        var weights = new float[height * width];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                weights[(y * width) + x] = 1 - unknown[(y * stride) + x];
            }
        }

        Fill(plane, weights, height, width);
    }

    private static void Fill(Span<float> values, ReadOnlySpan<float> weights, int height, int width)
    {
        if (height == 1 && width == 1)
        {
            return;
        }

        var (rows, columns) = ((height + 1) / 2, (width + 1) / 2);
        var coarse = new float[rows * columns];
        var known = new float[rows * columns];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var up = (y / 2 * columns) + (x / 2);
                var at = (y * width) + x;
                coarse[up] += weights[at] != 0 ? weights[at] * values[at] : 0;
                known[up] += weights[at];
            }
        }

        for (var i = 0; i < coarse.Length; i++)
        {
            // Each level counts as one value per place, however much is known beneath it: far places do not outvote near ones.
            (coarse[i], known[i]) = known[i] > 0 ? (coarse[i] / known[i], 1) : (0, 0);
        }

        Fill(coarse, known, rows, columns);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = (y * width) + x;
                values[at] = weights[at] == 0 ? coarse[(y / 2 * columns) + (x / 2)] : values[at];
            }
        }
    }
}
