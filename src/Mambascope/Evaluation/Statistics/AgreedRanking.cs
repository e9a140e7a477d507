namespace Mambascope.Evaluation.Statistics;

/// <summary>
/// Methods from best to worst by several figures that should say the same (one test under several erasers): one method stands before
/// another only where every figure separates them, in the same direction. What depends on the figure is no property of the methods.
/// </summary>
/// <param name="Methods">Best mean figure first.</param>
public sealed record AgreedRanking(IReadOnlyList<RankedMethod> Methods)
{
    /// <summary>Ranks methods measured on the same units.</summary>
    /// <param name="methods">Of each its figures, in one order; higher is better.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <exception cref="BadInputException">No methods or figures, or different numbers of them or of units.</exception>
    public static AgreedRanking Of(IReadOnlyList<IReadOnlyList<Measured>> methods, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(methods);
        if (methods.Count == 0 || methods[0].Count == 0
            || methods.Any(own => own.Count != methods[0].Count || own.Any(figure => figure.Count != methods[0][0].Count)))
        {
            throw new BadInputException("ranking: expected at least one method, and as many figures and units of each");
        }

        Entry[] entries = [.. methods.Select(own => Entry.Of(own, seed)).OrderByDescending(entry => entry.Mean)];
        return new(
        [
            .. entries.Select((entry, place) => new RankedMethod(
                entry.Figures[0].Name,
                Bootstrap.Of(entry.Mean, entry.MeanResampled(), entry.Figures[0].Count),
                1 + entries.Count(other => other.IsBeforeIn(entry)),
                [
                    .. entries.Where((other, at) => at != place && !other.IsBeforeIn(entry) && !entry.IsBeforeIn(other))
                        .Select(other => other.Figures[0].Name),
                ])),
        ]);
    }

    private sealed record Entry(IReadOnlyList<Measured> Figures, double[] Values, double[][] Resampled)
    {
        public double Mean => Values.Average();

        public static Entry Of(IReadOnlyList<Measured> figures, int seed)
            => new(
                figures,
                [.. figures.Select(figure => Bootstrap.OfAll(figure.Count, figure.Statistic))],
                [.. figures.Select(figure => Bootstrap.Resample(figure.Count, figure.Statistic, seed))]);

        public double[] MeanResampled() => [.. Enumerable.Range(0, Resampled[0].Length).Select(r => Resampled.Average(own => own[r]))];

        // Better by every figure, and separated.
        public bool IsBeforeIn(Entry other)
            => Enumerable.Range(0, Figures.Count).All(f =>
            {
                var pair = PairedDifference.Of(
                    Figures[f], Values[f], Resampled[f], other.Figures[f], other.Values[f], other.Resampled[f]);
                return pair.IsSeparated && pair.Difference.Lower > 0;
            });
    }
}
