namespace Mambascope.Evaluation;

/// <summary>A statistic of some of the units (scenes, images) that were measured, for instance a ratio of two sums over them.</summary>
/// <param name="units">Indices of the units, with repetitions where a resample drew one more than once; never empty.</param>
public delegate double UnitStatistic(ReadOnlySpan<int> units);

/// <summary>
/// A statistic over independent units (scenes, images), as a rule their mean, with its 95 % percentile bootstrap interval (Efron 1979).
/// </summary>
/// <param name="Mean">Mean over the units, or the statistic of all of them.</param>
/// <param name="Lower">2.5 % quantile of the resampled statistics.</param>
/// <param name="Upper">97.5 % quantile of the resampled statistics.</param>
/// <param name="Count">Number of units.</param>
public readonly record struct Bootstrap(double Mean, double Lower, double Upper, int Count)
{
    // Each end of an interval then repeats under another seed within 0.7 % of its length (one standard error, normal statistics).
    private const int Resamples = 10_000;

    /// <summary>Resamples whole units with replacement; the same seed gives the same interval.</summary>
    /// <param name="perUnit">One value a unit; at least one.</param>
    /// <param name="seed">Seed of the resampling.</param>
    public static Bootstrap Of(ReadOnlySpan<double> perUnit, int seed = 0)
    {
        if (perUnit.IsEmpty)
        {
            throw new ArgumentException("An interval needs at least one value", nameof(perUnit));
        }

        var values = perUnit.ToArray();
        var mean = 0.0;
        foreach (var value in values)
        {
            mean += value / values.Length;
        }

        return Of(mean, Resample(values.Length, units => MeanOf(values, units), seed), values.Length);
    }

    /// <summary>The same for a statistic of the whole data set that is not a mean of per-unit values.</summary>
    /// <param name="count">Number of units, at least one.</param>
    /// <param name="statistic">The statistic of the units with the given indices.</param>
    /// <param name="seed">Seed of the resampling; the same seed and count draw the same units, whatever the statistic.</param>
    public static Bootstrap Of(int count, UnitStatistic statistic, int seed = 0)
        => Of(OfAll(count, statistic), Resample(count, statistic, seed), count);

    /// <summary>An interval from resampled statistics, which are sorted in place.</summary>
    internal static Bootstrap Of(double statistic, double[] resampled, int count)
    {
        Array.Sort(resampled);
        return new(statistic, Quantile(resampled, 0.025), Quantile(resampled, 0.975), count);
    }

    /// <summary>The statistic of every unit once.</summary>
    internal static double OfAll(int count, UnitStatistic statistic)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return statistic([.. Enumerable.Range(0, count)]);
    }

    /// <summary>
    /// The statistic of each resample, in the order of drawing: with the same seed and count, entry r of two statistics is of the same
    /// units.
    /// </summary>
    internal static double[] Resample(int count, UnitStatistic statistic, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var random = new SplitMix64((ulong)seed, 0, 0); // much faster than a seeded System.Random
        var units = new int[count];
        var values = new double[Resamples];
        for (var r = 0; r < Resamples; r++)
        {
            for (var i = 0; i < count; i++)
            {
                units[i] = random.Below(count);
            }

            values[r] = statistic(units);
        }

        return values;
    }

    /// <summary>The mean of the values of some units.</summary>
    internal static double MeanOf(double[] perUnit, ReadOnlySpan<int> units)
    {
        var sum = 0.0;
        foreach (var unit in units)
        {
            sum += perUnit[unit];
        }

        return sum / units.Length;
    }

    // Linear between the two nearest order statistics.
    private static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var low = (int)at;
        return sorted[low] + ((at - low) * (sorted[Math.Min(low + 1, sorted.Length - 1)] - sorted[low]));
    }
}
