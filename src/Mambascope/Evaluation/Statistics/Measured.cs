namespace Mambascope.Evaluation.Statistics;

/// <summary>
/// What was measured of one method (or model, or eraser) over a data set. Methods that are compared must have been measured on the same
/// units in the same order.
/// </summary>
/// <param name="Name">The method, for people.</param>
/// <param name="Count">Units.</param>
/// <param name="Statistic">The figure of any selection of units.</param>
public sealed record Measured(string Name, int Count, UnitStatistic Statistic)
{
    /// <summary>A mean of per-unit values.</summary>
    public static Measured Mean(string name, IReadOnlyList<double> perUnit)
    {
        double[] values = [.. perUnit];
        return new(name, values.Length, units => Bootstrap.MeanOf(values, units));
    }

    /// <summary>A sum over units divided by another; 0 where the second is 0.</summary>
    /// <param name="name">The method, for people.</param>
    /// <param name="records">One a unit.</param>
    /// <param name="above">What is summed above the line.</param>
    /// <param name="below">What is summed below the line.</param>
    /// <typeparam name="TRecord">Kind of record.</typeparam>
    public static Measured Ratio<TRecord>(string name, IReadOnlyList<TRecord> records, Func<TRecord, long> above, Func<TRecord, long> below)
    {
        long[] numerators = [.. records.Select(above)];
        long[] denominators = [.. records.Select(below)];
        return new(name, records.Count, units =>
        {
            var (numerator, denominator) = (0L, 0L);
            foreach (var unit in units)
            {
                numerator += numerators[unit];
                denominator += denominators[unit];
            }

            return denominator == 0 ? 0 : (double)numerator / denominator;
        });
    }

    /// <summary>The figure of all units with its interval.</summary>
    public Bootstrap Interval(int seed = 0) => Bootstrap.Of(Count, Statistic, seed);
}
