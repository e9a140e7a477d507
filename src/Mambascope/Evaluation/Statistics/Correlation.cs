namespace Mambascope.Evaluation.Statistics;

/// <summary>Correlation of two series, -1 to 1; 0 where one of them is constant, since then they say nothing about each other.</summary>
public static class Correlation
{
    /// <summary>Pearson's: Σ (x - x̄)(y - ȳ) / sqrt(Σ (x - x̄)² Σ (y - ȳ)²).</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length)
        {
            throw new ArgumentException($"expected two series of one length, found {x.Length} and {y.Length}", nameof(y));
        }

        var (meanX, meanY) = (Mean(x), Mean(y));
        var (xx, yy, xy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }

        return xx > 0 && yy > 0 ? Math.Clamp(xy / Math.Sqrt(xx) / Math.Sqrt(yy), -1, 1) : 0;
    }

    /// <summary>Spearman's: Pearson's of the ranks, equal values sharing the mean of their ranks.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a value is NaN.</exception>
    public static double Spearman(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => Pearson(Ranks(x), Ranks(y));

    private static double Mean(ReadOnlySpan<double> values)
    {
        // Of equal values the mean is exactly that value, so that a constant series is seen as one.
        var (first, sum) = (values.IsEmpty ? 0 : values[0], 0.0);
        foreach (var value in values)
        {
            sum += value - first;
        }

        return first + (sum / Math.Max(1, values.Length));
    }

    private static double[] Ranks(ReadOnlySpan<float> values)
    {
        var order = ValueOrder.Ascending(values);
        var ranks = new double[values.Length];
        for (var first = 0; first < order.Length;)
        {
            var last = first;
            while (last + 1 < order.Length && values[order[last + 1]] == values[order[first]])
            {
                last++;
            }

            foreach (var place in order.AsSpan(first, last - first + 1))
            {
                ranks[place] = (first + last) / 2.0;
            }

            first = last + 1;
        }

        return ranks;
    }
}
