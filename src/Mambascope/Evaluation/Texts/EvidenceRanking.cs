namespace Mambascope.Evaluation.Texts;

/// <summary>
/// How well a map ranks the tokens that matter above the others. Equal values are no order: figures of the first k are their expectation
/// over all orders of equal values, so a map that says nothing scores what chance does.
/// </summary>
internal static class EvidenceRanking
{
    /// <summary>
    /// Area under the ROC curve: the chance that a token that matters stands above one that does not, equal values counting half
    /// (Mann and Whitney 1947).
    /// </summary>
    /// <param name="values">Relevance.</param>
    /// <param name="isTruth">Not 0 for a token that matters.</param>
    /// <returns>0 to 1; 0.5 where there are no tokens of one of the kinds.</returns>
    public static double Auc(ReadOnlySpan<float> values, ReadOnlySpan<byte> isTruth)
    {
        var order = ValueOrder.Descending(values);
        var positives = isTruth.Length - isTruth.Count((byte)0);
        var negatives = isTruth.Length - positives;
        var (above, wins) = (0, 0.0); // tokens that matter above the group; pairs won
        foreach (var (first, count, truth) in Groups(values, isTruth, order))
        {
            wins += (count - truth) * (above + (truth / 2.0));
            above += truth;
        }

        return positives == 0 || negatives == 0 ? 0.5 : wins / ((double)positives * negatives);
    }

    /// <summary>How many of the first <paramref name="k"/> tokens matter, expected over the orders of equal values.</summary>
    public static double Hits(ReadOnlySpan<float> values, ReadOnlySpan<byte> isTruth, int k)
    {
        var hits = 0.0;
        foreach (var (first, count, truth) in Groups(values, isTruth, ValueOrder.Descending(values)))
        {
            hits += truth * Math.Clamp((k - first) / (double)count, 0, 1);
        }

        return hits;
    }

    /// <summary>Share of the tokens that matter among the first k, k being their number; 0 where there are none.</summary>
    public static double RecallAtCount(ReadOnlySpan<float> values, ReadOnlySpan<byte> isTruth)
    {
        var positives = isTruth.Length - isTruth.Count((byte)0);
        return positives == 0 ? 0 : Hits(values, isTruth, positives) / positives;
    }

    /// <summary>F1 of the first k tokens taken for those that matter: 2 hits / (k + number that matter); 0 where both are 0.</summary>
    public static double F1(ReadOnlySpan<float> values, ReadOnlySpan<byte> isTruth, int k)
    {
        var positives = isTruth.Length - isTruth.Count((byte)0);
        return k + positives == 0 ? 0 : 2 * Hits(values, isTruth, k) / (k + positives);
    }

    /// <summary>
    /// 1 / rank of the first token that matters, expected over the orders of equal values; 0 where there are none. In a group of g equal
    /// values with t that matter behind a others, the first of the t has place j with the chance C(g - j, t - 1) / C(g, t).
    /// </summary>
    public static double ReciprocalRank(ReadOnlySpan<float> values, ReadOnlySpan<byte> isTruth)
    {
        foreach (var (first, count, truth) in Groups(values, isTruth, ValueOrder.Descending(values)))
        {
            if (truth == 0)
            {
                continue;
            }

            // The chance that none of the places before j is one that matters, and j is.
            var (expected, none) = (0.0, 1.0);
            for (var j = 1; j <= count - truth + 1; j++)
            {
                var hit = (double)truth / (count - j + 1);
                expected += none * hit / (first + j);
                none *= 1 - hit;
            }

            return expected;
        }

        return 0;
    }

    // Groups of equal values from the greatest down: place of the first, number, and how many matter.
    private static List<(int First, int Count, int Truth)> Groups(ReadOnlySpan<float> values, ReadOnlySpan<byte> isTruth, int[] order)
    {
        if (values.Length != isTruth.Length)
        {
            throw new ArgumentException($"expected as many labels as values, {values.Length}, found {isTruth.Length}", nameof(isTruth));
        }

        var groups = new List<(int, int, int)>();
        for (var first = 0; first < order.Length;)
        {
            var (end, truth) = (first, 0);
            for (; end < order.Length && values[order[end]] == values[order[first]]; end++)
            {
                truth += isTruth[order[end]] != 0 ? 1 : 0;
            }

            groups.Add((first, end - first, truth));
            first = end;
        }

        return groups;
    }
}
