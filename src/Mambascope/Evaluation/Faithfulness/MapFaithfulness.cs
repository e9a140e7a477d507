using Mambascope.Attribution;
using Mambascope.Evaluation.Statistics;

namespace Mambascope.Evaluation.Faithfulness;

/// <summary>
/// How well one map foretells what erasing patches does to the score. Each value is a per-image figure; a data set's is the mean.
/// </summary>
/// <param name="Infidelity">Mean squared error of the foretold drop, in squared logits; lower is better.</param>
/// <param name="RelativeInfidelity">The same as a share of the mean squared drop: 0 is perfect, 1 is a map that foretells nothing.</param>
/// <param name="Correlation">Correlation of relevance and drop, -1 to 1; higher is better.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
public sealed record FaithfulnessRecord(double Infidelity, double RelativeInfidelity, double Correlation, bool IsDegenerate);

/// <summary>
/// Infidelity (Yeh et al. 2019) and faithfulness correlation (Bhatt, Weller and Moura 2020), both over the same random subsets of patches.
/// </summary>
public static class MapFaithfulness
{
    /// <summary>Judges one map.</summary>
    public static FaithfulnessRecord Measure(PatchDrops drops, RelevanceMap<float> map)
    {
        var sums = drops.Sums(map);
        double[] observed = [.. drops.Drops];
        var infidelity = Infidelity(sums, observed);
        var scale = observed.Average(drop => drop * drop);
        return new(infidelity, scale > 0 ? infidelity / scale : 0, Correlation.Pearson(sums, observed), map.Degenerate is not null);
    }

    /// <summary>
    /// Mean of (β s - Δ)² over the samples: s the relevance of what was erased, Δ the drop of the score, and β >= 0 the factor that makes
    /// the mean least, since maps have no scale of their own (Yeh et al.'s optimal scaling, β = Σ s Δ / Σ s²). A negative factor is not
    /// allowed: it would turn a map that says the opposite into a good one.
    /// </summary>
    /// <exception cref="ArgumentException">No samples, or lengths that differ.</exception>
    public static double Infidelity(ReadOnlySpan<double> sums, ReadOnlySpan<double> drops)
    {
        if (sums.Length != drops.Length || sums.IsEmpty)
        {
            throw new ArgumentException(
                $"expected as many drops as sums and at least one, found {drops.Length} and {sums.Length}", nameof(drops));
        }

        var (product, square) = (0.0, 0.0);
        for (var i = 0; i < sums.Length; i++)
        {
            product += sums[i] * drops[i];
            square += sums[i] * sums[i];
        }

        var factor = square > 0 ? Math.Max(0, product / square) : 0;
        var error = 0.0;
        for (var i = 0; i < sums.Length; i++)
        {
            var miss = (factor * sums[i]) - drops[i];
            error += miss * miss;
        }

        return error / sums.Length;
    }
}
