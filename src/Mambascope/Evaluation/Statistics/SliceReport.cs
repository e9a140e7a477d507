namespace Mambascope.Evaluation.Statistics;

/// <summary>A measure on the units that have one value of a column (a label, a site, an age group).</summary>
/// <param name="Key">The value.</param>
/// <param name="Value">The measure there, with interval; its count is the number of units.</param>
/// <param name="AgainstRest">
/// The measure there minus the measure on all other units; null where there are no others. Two independent resamples.
/// </param>
public sealed record Slice(string Key, Bootstrap Value, Bootstrap? AgainstRest)
{
    /// <summary>The interval of the difference to the rest excludes 0, with units enough on this side to say so.</summary>
    public bool IsSeparated => AgainstRest is { } rest && Value.Count >= PairedDifference.FewestUnits && (rest.Lower > 0 || rest.Upper < 0);
}

/// <summary>
/// Does a measure hold for every group alike? Any measure by label or by any other column. Intervals are of one slice each, 95 %: of
/// twenty slices without any difference one is expected to look separated.
/// </summary>
/// <param name="Slices">By key, in ordinal order.</param>
/// <param name="LargestGap">Greatest minus least slice value; 0 with one slice.</param>
public sealed record SliceReport(IReadOnlyList<Slice> Slices, double LargestGap)
{
    /// <summary>Cuts what was measured by a key a unit.</summary>
    /// <param name="measured">The measure.</param>
    /// <param name="keys">The key of each unit.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <exception cref="BadInputException">Another number of keys than units, or none.</exception>
    public static SliceReport Of(Measured measured, IReadOnlyList<string> keys, int seed = 0)
    {
        if (keys.Count != measured.Count || keys.Count == 0)
        {
            throw new BadInputException(
                $"slices of '{measured.Name}': expected one key for each of {measured.Count} units and at least one, found {keys.Count}");
        }

        var groups = keys.Select((key, unit) => (key, unit))
            .GroupBy(entry => entry.key, entry => entry.unit, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal);
        var slices = new List<Slice>();
        foreach (var group in groups)
        {
            int[] inside = [.. group];
            int[] outside = [.. Enumerable.Range(0, keys.Count).Except(inside)];
            var (value, resampled) = Measure(measured.Statistic, inside, seed);
            Bootstrap? againstRest = null;
            if (outside.Length > 0)
            {
                var (rest, resampledRest) = Measure(measured.Statistic, outside, StableSeed.Of(seed, 1));
                againstRest = Bootstrap.Of(value - rest, [.. resampled.Zip(resampledRest, (x, y) => x - y)], keys.Count);
            }

            slices.Add(new(group.Key, Bootstrap.Of(value, resampled, inside.Length), againstRest));
        }

        return new(slices, slices.Max(slice => slice.Value.Mean) - slices.Min(slice => slice.Value.Mean));
    }

    private static (double Value, double[] Resampled) Measure(UnitStatistic statistic, int[] members, int seed)
    {
        var selected = new int[members.Length];
        return (statistic(members), Bootstrap.Resample(members.Length, Local, seed));

        double Local(ReadOnlySpan<int> units)
        {
            for (var i = 0; i < units.Length; i++)
            {
                selected[i] = members[units[i]];
            }

            return statistic(selected);
        }
    }
}
