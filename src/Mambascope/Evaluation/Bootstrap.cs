namespace Mambascope.Evaluation;

/// <summary>A mean over independent units (scenes, images) with its 95 % percentile bootstrap interval (Efron 1979).</summary>
/// <param name="Mean">Mean over the units.</param>
/// <param name="Lower">2.5 % quantile of the resampled means.</param>
/// <param name="Upper">97.5 % quantile of the resampled means.</param>
/// <param name="Count">Number of units.</param>
public readonly record struct Bootstrap(double Mean, double Lower, double Upper, int Count)
{
    private const int Resamples = 2000;

    /// <summary>Resamples whole units with replacement; the same seed gives the same interval.</summary>
    /// <param name="perUnit">One value a unit; at least one.</param>
    /// <param name="seed">Seed of the resampling.</param>
    public static Bootstrap Of(ReadOnlySpan<double> perUnit, int seed = 0)
    {
        if (perUnit.IsEmpty)
        {
            throw new ArgumentException("An interval needs at least one value.", nameof(perUnit));
        }

        var random = new Random(seed);
        var means = new double[Resamples];
        for (var r = 0; r < Resamples; r++)
        {
            for (var i = 0; i < perUnit.Length; i++)
            {
                means[r] += perUnit[random.Next(perUnit.Length)];
            }

            means[r] /= perUnit.Length;
        }

        Array.Sort(means);
        var mean = 0.0;
        foreach (var value in perUnit)
        {
            mean += value / perUnit.Length;
        }

        return new(mean, Quantile(means, 0.025), Quantile(means, 0.975), perUnit.Length);
    }

    // Linear between the two nearest order statistics.
    private static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var low = (int)at;
        return sorted[low] + ((at - low) * (sorted[Math.Min(low + 1, sorted.Length - 1)] - sorted[low]));
    }
}
