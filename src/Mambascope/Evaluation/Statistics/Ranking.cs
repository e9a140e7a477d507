namespace Mambascope.Evaluation.Statistics;

/// <summary>One method in a ranking.</summary>
/// <param name="Name">The method.</param>
/// <param name="Value">Its figure with interval.</param>
/// <param name="Rank">
/// 1 plus the number of methods that are separated from it and better. Methods that cannot be told apart may share a rank.
/// </param>
/// <param name="NotSeparatedFrom">The methods from which it cannot be told apart.</param>
public sealed record RankedMethod(string Name, Bootstrap Value, int Rank, IReadOnlyList<string> NotSeparatedFrom);

/// <summary>
/// Methods from best to worst, where a place is called only as far as paired bootstrap intervals separate. Intervals are of one comparison
/// each, 95 %, not widened for the number of pairs.
/// </summary>
/// <param name="Methods">
/// Lowest rank first, of equal ranks the better figure: a method whose figure is uncertain may stand before one with a better figure that
/// is certainly beaten.
/// </param>
/// <param name="Differences">Every pair once, the better figure first.</param>
public sealed record Ranking(IReadOnlyList<RankedMethod> Methods, IReadOnlyList<PairedDifference> Differences)
{
    /// <summary>Ranks methods measured on the same units.</summary>
    /// <param name="methods">At least one; of equal figures the earlier stands first.</param>
    /// <param name="isHigherBetter">False where a small figure is the good one (the positive perturbation test).</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <exception cref="BadInputException">No methods, or different numbers of units.</exception>
    public static Ranking Of(IReadOnlyList<Measured> methods, bool isHigherBetter, int seed = 0)
    {
        if (methods.Count == 0)
        {
            throw new BadInputException("ranking: expected at least one method, found none");
        }

        if (methods.FirstOrDefault(method => method.Count != methods[0].Count) is { } other)
        {
            throw new BadInputException(
                $"ranking: '{methods[0].Name}' has {methods[0].Count} units, '{other.Name}' {other.Count}; rank methods on the images that "
                    + "all have");
        }

        var sign = isHigherBetter ? 1 : -1;
        var entries = methods
            .Select(method =>
                (
                    Method: method,
                    Value: Bootstrap.OfAll(method.Count, method.Statistic),
                    Resampled: Bootstrap.Resample(method.Count, method.Statistic, seed)))
            .OrderByDescending(entry => sign * entry.Value)
            .ToArray();
        var pairs = new Dictionary<(int Better, int Worse), PairedDifference>();
        for (var i = 0; i < entries.Length; i++)
        {
            for (var j = i + 1; j < entries.Length; j++)
            {
                pairs.Add(
                    (i, j),
                    PairedDifference.Of(
                        entries[i].Method, entries[i].Value, entries[i].Resampled, entries[j].Method, entries[j].Value,
                        entries[j].Resampled));
            }
        }

        int[] ranks =
        [
            .. Enumerable.Range(0, entries.Length)
                .Select(place => 1 + Enumerable.Range(0, place).Count(better => IsClear(pairs[(better, place)], sign))),
        ];
        int[] order = [.. Enumerable.Range(0, entries.Length).OrderBy(place => ranks[place])];
        var ranked = order.Select(place => (Place: place, Entry: entries[place])).Select(
            ranked =>
                new RankedMethod(
                    ranked.Entry.Method.Name,
                    Bootstrap.Of(ranked.Entry.Value, [.. ranked.Entry.Resampled], ranked.Entry.Method.Count),
                    ranks[ranked.Place],
                    [
                        .. order
                            .Where(k => k != ranked.Place
                                && !pairs[(Math.Min(k, ranked.Place), Math.Max(k, ranked.Place))].IsSeparated)
                            .Select(k => entries[k].Method.Name),
                    ]));
        return new([.. ranked], [.. pairs.Values]);
    }

    // A percentile interval may in theory lie on the other side of 0 than the difference itself; that calls nothing.
    private static bool IsClear(PairedDifference pair, int sign)
        => pair.IsSeparated && (sign > 0 ? pair.Difference.Lower > 0 : pair.Difference.Upper < 0);
}
