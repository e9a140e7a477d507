using Mambascope.Attribution;

namespace Mambascope.Evaluation.Complexity;

/// <summary>One map's complexity. Each value is a per-image figure; a data set's is the mean.</summary>
/// <param name="Gini">Sparseness, 0 to 1; higher is sparser.</param>
/// <param name="Entropy">In nats; lower is simpler.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
public sealed record ComplexityRecord(double Gini, double Entropy, bool IsDegenerate);

/// <summary>How much of a map a person has to take in. Of absolute values; the scale of the map does not matter.</summary>
internal static class MapComplexity
{
    /// <summary>Both figures of one map.</summary>
    public static ComplexityRecord Measure(RelevanceMap<float> map)
        => new(Gini(map.Values), Entropy(map.Values), map.Degenerate is not null);

    /// <summary>
    /// Sparseness: the Gini index (Chalasani et al. 2020; Hurley and Rickard 2009). 0 when all patches have the same, 1 - 1/d when one of d
    /// has everything.
    /// <para>1 - 2 Σ_k |v|_(k) / Σ|v| · (d - k + ½) / d, with |v|_(1) the least.</para>
    /// </summary>
    /// <returns>0 to 1; 0 for a map of zeros.</returns>
    public static double Gini(ReadOnlySpan<float> map)
    {
        var values = Magnitudes(map);
        Array.Sort(values);
        var (sum, weighted) = (0.0, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            sum += values[i];
            weighted += values[i] * (values.Length - i - 0.5);
        }

        return sum > 0 ? 1 - (2 * weighted / (sum * values.Length)) : 0;
    }

    /// <summary>
    /// Complexity: the entropy of the share of each patch (Bhatt, Weller and Moura 2020), -Σ p ln p with p = |v| / Σ|v|. 0 when one patch
    /// has everything, ln d when all have the same.
    /// </summary>
    /// <returns>In nats; ln d for a map of zeros, which prefers no patch.</returns>
    public static double Entropy(ReadOnlySpan<float> map)
    {
        var values = Magnitudes(map);
        var sum = values.Sum();
        return sum > 0
            ? -values.Where(value => value > 0).Sum(value => value / sum * Math.Log(value / sum))
            : Math.Log(Math.Max(1, values.Length));
    }

    private static double[] Magnitudes(ReadOnlySpan<float> map)
    {
        var values = new double[map.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Math.Abs((double)map[i]);
        }

        return values;
    }
}
