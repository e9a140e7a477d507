using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>What scores mean, which is highest, and draws from the normal distribution: against values worked out by hand.</summary>
public sealed class ProbabilityTests
{
    [Fact]
    public void The_first_of_equal_scores_is_the_highest()
    {
        Assert.Equal(2, ArgMax.Of([1f, 3, 7, 7, 2]));
        Assert.Equal(0, ArgMax.Of([-5.0, -5.0]));
        Assert.Equal(1, ArgMax.Of([double.NegativeInfinity, -1e300]));
        Assert.Equal(0, ArgMax.Of<float>([]));
    }

    [Fact]
    public void Softmax_of_logarithms_gives_the_shares_back()
    {
        double[] shares = [0.1, 0.2, 0.3, 0.4];
        var scores = Array.ConvertAll(shares, share => Math.Log(share) + 5);
        var found = Logits.Softmax(scores);
        for (var i = 0; i < shares.Length; i++)
        {
            Assert.Equal(shares[i], found[i], 1e-15);
            Assert.Equal(found[i], Logits.Probability(scores, i));
            Assert.Equal(Math.Log(shares[i]), Logits.LogProbability(scores, i), 1e-15);
        }
    }

    [Fact]
    public void Huge_scores_do_not_overflow()
    {
        Assert.Equal([0, 1, 0], Logits.Softmax([-float.MaxValue, float.MaxValue, 0]));
        Assert.Equal(-2e4, Logits.LogProbability([1e4f, -1e4f], 1), 1e-9);
    }

    [Fact]
    public void Draws_have_the_moments_of_the_normal_distribution()
    {
        const int Count = 200_000;
        var random = new Random(1);
        var draws = Enumerable.Range(0, Count).Select(_ => NormalDistribution.Draw(random)).ToArray();

        // Standard errors: 1/sqrt(n), sqrt(2/n), sqrt(15/n), sqrt(96/n); four of each.
        foreach (var (power, expected, variance) in new[] { (1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96) })
        {
            Assert.Equal(expected, draws.Average(x => Math.Pow(x, power)), 4 * Math.Sqrt(variance / Count));
        }

        Assert.Equal(NormalDistribution<double>.Cumulative(1), draws.Count(x => x < 1) / (double)Count, 4 * Math.Sqrt(0.16 / Count));
    }
}
