namespace Mambascope.Evaluation.Statistics;

/// <summary>
/// First minus second, measured on the same units: each resample draws units once and takes both figures of them, so that what makes a
/// unit hard for both does not widen the interval.
/// </summary>
/// <param name="First">Name of the first method.</param>
/// <param name="Second">Name of the second method.</param>
/// <param name="Difference">The difference with its 95 % interval.</param>
public sealed record PairedDifference(string First, string Second, Bootstrap Difference)
{
    /// <summary>
    /// The fewest units on which two methods may be called different. On five, even a difference of the same sign in every unit has a
    /// chance of 2 / 2^5 = 6 % under no difference at all, while a bootstrap interval of so few is far too narrow.
    /// </summary>
    public const int FewestUnits = 6;

    /// <summary>The interval of the difference excludes 0, and there are units enough to say so.</summary>
    public bool IsSeparated => Difference.Count >= FewestUnits && (Difference.Lower > 0 || Difference.Upper < 0);

    /// <summary>Compares two methods.</summary>
    /// <exception cref="BadInputException">They were measured on different numbers of units.</exception>
    public static PairedDifference Of(Measured first, Measured second, int seed = 0)
    {
        if (first.Count != second.Count)
        {
            throw new BadInputException(
                $"paired comparison: '{first.Name}' has {first.Count} units, '{second.Name}' {second.Count}; compare them on the images "
                    + "that both have");
        }

        return Of(
            first, Bootstrap.OfAll(first.Count, first.Statistic), Bootstrap.Resample(first.Count, first.Statistic, seed),
            second, Bootstrap.OfAll(second.Count, second.Statistic), Bootstrap.Resample(second.Count, second.Statistic, seed));
    }

    // Entry r of both arrays is of the same units.
    internal static PairedDifference Of(Measured first, double a, double[] resampledA, Measured second, double b, double[] resampledB)
        => new(first.Name, second.Name, Bootstrap.Of(a - b, [.. resampledA.Zip(resampledB, (x, y) => x - y)], first.Count));
}
