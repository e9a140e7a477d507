namespace Mambascope.Evaluation.Segmentation;

/// <summary>
/// Average precision as scikit-learn defines it: Σ_n (recall_n - recall_{n-1}) · precision_n over the distinct scores, highest first,
/// without interpolation. Equal scores are one threshold.
/// </summary>
public static class AveragePrecision
{
    /// <summary>Average precision of scores against labels.</summary>
    /// <param name="scores">The higher, the more positive.</param>
    /// <param name="isPositive">Not 0 for a positive; as many as scores.</param>
    /// <returns>0 to 1; 0 where there are no positives.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double Of(ReadOnlySpan<float> scores, ReadOnlySpan<byte> isPositive)
    {
        if (scores.Length != isPositive.Length)
        {
            throw new ArgumentException(
                $"expected as many labels as scores, {scores.Length}, found {isPositive.Length}", nameof(isPositive));
        }

        var positives = isPositive.Length - isPositive.Count((byte)0);
        var order = ValueOrder.Descending(scores);
        var (found, area) = (0L, 0.0);
        for (var i = 0; i < order.Length;)
        {
            var (score, before) = (scores[order[i]], found);
            for (; i < order.Length && scores[order[i]] == score; i++)
            {
                found += isPositive[order[i]] != 0 ? 1 : 0;
            }

            area += (found - before) * ((double)found / i);
        }

        return positives == 0 ? 0 : area / positives;
    }
}
