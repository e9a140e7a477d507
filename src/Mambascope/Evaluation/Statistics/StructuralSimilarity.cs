namespace Mambascope.Evaluation.Statistics;

/// <summary>
/// Structural similarity of two maps (SSIM; Wang et al. 2004), each scaled to 0 to 1 first: mean over all windows of 7 x 7 places (fewer on
/// a smaller map), evenly weighted, with the usual constants K1 = 0.01 and K2 = 0.03. 1 for equal maps, about 0 for unrelated ones; 0 where
/// one of them is constant.
/// </summary>
public static class StructuralSimilarity
{
    private const int Window = 7;
    private const double C1 = 0.01 * 0.01;
    private const double C2 = 0.03 * 0.03;

    /// <summary>The similarity, -1 to 1.</summary>
    /// <param name="a">Values row by row.</param>
    /// <param name="b">As many.</param>
    /// <param name="rows">Rows of both.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int rows)
    {
        if (a.Length != b.Length || rows < 1 || a.Length % rows != 0)
        {
            throw new ArgumentException($"expected two maps of {rows} rows, found {a.Length} and {b.Length} values", nameof(b));
        }

        var (x, y, columns) = (Scaled(a), Scaled(b), a.Length / rows);
        if (x is null || y is null)
        {
            return 0;
        }

        var (height, width) = (Math.Min(Window, rows), Math.Min(Window, columns));
        var (sum, count) = (0.0, 0);
        for (var top = 0; top + height <= rows; top++)
        {
            for (var left = 0; left + width <= columns; left++, count++)
            {
                sum += OfWindow(x, y, columns, top, left, height, width);
            }
        }

        return sum / count;
    }

    private static double OfWindow(double[] x, double[] y, int columns, int top, int left, int height, int width)
    {
        var (sx, sy, sxx, syy, sxy, n) = (0.0, 0.0, 0.0, 0.0, 0.0, height * width);
        for (var row = top; row < top + height; row++)
        {
            for (var at = (row * columns) + left; at < (row * columns) + left + width; at++)
            {
                sx += x[at];
                sy += y[at];
                sxx += x[at] * x[at];
                syy += y[at] * y[at];
                sxy += x[at] * y[at];
            }
        }

        var (mx, my) = (sx / n, sy / n);
        var (vx, vy, cov) = ((sxx / n) - (mx * mx), (syy / n) - (my * my), (sxy / n) - (mx * my));
        return ((2 * mx * my) + C1) * ((2 * cov) + C2) / (((mx * mx) + (my * my) + C1) * (vx + vy + C2));
    }

    private static double[]? Scaled(ReadOnlySpan<float> values)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        if (!(high > low))
        {
            return null;
        }

        var scaled = new double[values.Length];
        for (var i = 0; i < scaled.Length; i++)
        {
            scaled[i] = (values[i] - low) / (high - low);
        }

        return scaled;
    }
}
