using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>
/// Nemotron-H (after DeepSeek-V3): scores s = sigmoid of the logits; chosen are the k largest of s + correction, inside the best groups of
/// experts (a group counts by the sum of its two largest); weights are s of the chosen, without the correction, divided by their sum where
/// they are normalised, times a factor.
/// </summary>
/// <param name="Chosen">Experts a token, k.</param>
/// <param name="Correction">e_score_correction_bias (X).</param>
/// <param name="Groups">Groups of neighbouring experts.</param>
/// <param name="ChosenGroups">Groups that experts are taken from.</param>
/// <param name="IsNormalised">Whether weights are divided by their sum.</param>
/// <param name="Factor">Factor of the weights.</param>
internal sealed record SigmoidRouting(int Chosen, Weight Correction, int Groups, int ChosenGroups, bool IsNormalised, double Factor)
    : ExpertRouting(Chosen)
{
    private const double LeastSum = 1e-20;

    public override void Choose<T>(ReadOnlySpan<T> logits, Span<int> chosen, Span<T> weights)
    {
        var (all, correction) = (new T[logits.Length], Correction.Values<float>());
        for (var e = 0; e < all.Length; e++)
        {
            all[e] = Sigmoid(logits[e]) + T.CreateTruncating(correction[e]);
        }

        KeepBestGroups<T>(all);
        Largest<T>(all, chosen);
        var sum = T.Zero;
        for (var i = 0; i < chosen.Length; i++)
        {
            weights[i] = Sigmoid(logits[chosen[i]]);
            sum += weights[i];
        }

        var factor = T.CreateTruncating(Factor) / (IsNormalised ? sum + T.CreateTruncating(LeastSum) : T.One);
        foreach (ref var weight in weights)
        {
            weight *= factor;
        }

        HeaviestFirst(chosen, weights);
    }

    public override void Backward<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<int> chosen, ReadOnlySpan<T> weights, ReadOnlySpan<T> dWeights, Span<T> dLogits)
    {
        dLogits.Clear();
        var (sum, mean) = (T.CreateTruncating(LeastSum), T.Zero);
        for (var i = 0; i < chosen.Length; i++)
        {
            sum += Sigmoid(logits[chosen[i]]);
            mean += weights[i] * dWeights[i];
        }

        for (var i = 0; i < chosen.Length; i++)
        {
            var s = Sigmoid(logits[chosen[i]]);
            var ds = IsNormalised
                ? ((T.CreateTruncating(Factor) * dWeights[i]) - mean) / sum
                : T.CreateTruncating(Factor) * dWeights[i];
            dLogits[chosen[i]] = ds * s * (T.One - s);
        }
    }

    private void KeepBestGroups<T>(Span<T> all)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Groups == 1)
        {
            return;
        }

        var each = all.Length / Groups;
        Span<int> best = stackalloc int[2];
        var sums = new T[Groups];
        for (var group = 0; group < Groups; group++)
        {
            var members = all.Slice(group * each, each);
            var two = best[..Math.Min(2, each)];
            Largest<T>(members, two);
            foreach (var member in two)
            {
                sums[group] += members[member];
            }
        }

        var kept = new int[ChosenGroups];
        Largest<T>(sums, kept);
        for (var group = 0; group < Groups; group++)
        {
            if (!kept.Contains(group))
            {
                all.Slice(group * each, each).Fill(T.NegativeInfinity);
            }
        }
    }

    // The correction may have put a lighter one in front.
    private static void HeaviestFirst<T>(Span<int> chosen, Span<T> weights)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 1; i < chosen.Length; i++)
        {
            for (var j = i; j > 0 && (weights[j] > weights[j - 1] || (weights[j] == weights[j - 1] && chosen[j] < chosen[j - 1])); j--)
            {
                (chosen[j], chosen[j - 1]) = (chosen[j - 1], chosen[j]);
                (weights[j], weights[j - 1]) = (weights[j - 1], weights[j]);
            }
        }
    }

    private static T Sigmoid<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.One / (T.One + T.Exp(-x));
}
