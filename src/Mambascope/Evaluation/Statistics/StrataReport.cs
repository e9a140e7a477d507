namespace Mambascope.Evaluation.Statistics;

/// <summary>A measure on the units of one stratum that have one value of a column, beside the others of that stratum.</summary>
/// <param name="Stratum">What all of them have in common.</param>
/// <param name="Slice">The group.</param>
/// <param name="Rest">The measure on the others of the stratum.</param>
/// <param name="RestCount">How many these are.</param>
internal sealed record StratumSlice(string Stratum, Slice Slice, double Rest, int RestCount)
{
    /// <summary>The interval of the difference excludes 0, with units enough on both sides to say so.</summary>
    public bool IsSeparated => Slice.IsSeparated && RestCount >= PairedDifference.FewestUnits;
}

/// <summary>
/// Does a measure hold for every group alike, among units that are alike otherwise? A group may differ from all others because it has more
/// of what is hard; within a stratum (a class, say) that is no reason any more. Where a stratum has two groups the same difference would
/// stand there twice, so only the one is told whose key comes last: "yes" of yes and no.
/// </summary>
internal static class StrataReport
{
    /// <summary>Cuts what was measured by two keys a unit. Strata with one group are left out.</summary>
    /// <param name="measured">The measure.</param>
    /// <param name="strata">The stratum of each unit.</param>
    /// <param name="keys">The group of each unit.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <returns>By stratum, then by key, both in ordinal order.</returns>
    /// <exception cref="BadInputException">Another number of strata or keys than units.</exception>
    public static IReadOnlyList<StratumSlice> Of(
        Measured measured, IReadOnlyList<string> strata, IReadOnlyList<string> keys, int seed = 0)
    {
        if (strata.Count != measured.Count || keys.Count != measured.Count)
        {
            throw new BadInputException(
                $"strata of '{measured.Name}': expected a stratum and a key for each of {measured.Count} units, found {strata.Count} and "
                    + $"{keys.Count}");
        }

        return
        [
            .. strata.Index()
                .GroupBy(each => each.Item, each => each.Index, StringComparer.Ordinal)
                .OrderBy(stratum => stratum.Key, StringComparer.Ordinal)
                .SelectMany(stratum => Within(measured, stratum.Key, [.. stratum], keys, seed)),
        ];
    }

    private static IEnumerable<StratumSlice> Within(Measured measured, string stratum, int[] members, IReadOnlyList<string> keys, int seed)
    {
        string[] own = [.. members.Select(unit => keys[unit])];
        var groups = own.Distinct(StringComparer.Ordinal).Count();
        if (groups < 2)
        {
            return [];
        }

        var selected = new int[members.Length];
        return SliceReport.Of(new(measured.Name, members.Length, Here), own, seed).Slices
            .Skip(groups == 2 ? 1 : 0)
            .Select(slice => new StratumSlice(
                stratum, slice, slice.Value.Mean - slice.AgainstRest!.Value.Mean, members.Length - slice.Value.Count));

        double Here(ReadOnlySpan<int> units)
        {
            for (var i = 0; i < units.Length; i++)
            {
                selected[i] = members[units[i]];
            }

            return measured.Statistic(selected.AsSpan(0, units.Length));
        }
    }
}
