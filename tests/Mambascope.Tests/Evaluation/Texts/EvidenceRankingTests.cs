using Mambascope.Evaluation;
using Mambascope.Evaluation.Texts;
using Xunit;

namespace Mambascope.Tests.Evaluation.Texts;

/// <summary>Rankings worked by hand, and what must hold for any.</summary>
public sealed class EvidenceRankingTests
{
    [Fact]
    public void Figures_of_a_ranking_worked_by_hand()
    {
        // Order by value: 9 (matters), 7, 5 (matters), 3, 1. Pairs of one that matters and one that does not: 6; won: 9 beats 7, 3, 1; 5
        // beats 3, 1.
        float[] values = [5, 9, 1, 7, 3];
        byte[] truth = [1, 1, 0, 0, 0];
        Assert.Equal(5 / 6.0, EvidenceRanking.Auc(values, truth), 1e-12);
        Assert.Equal(0.5, EvidenceRanking.RecallAtCount(values, truth), 1e-12); // first two: 9 and 7
        Assert.Equal(1, EvidenceRanking.ReciprocalRank(values, truth), 1e-12);
        Assert.Equal(1, EvidenceRanking.Hits(values, truth, 1), 1e-12);
        Assert.Equal(2, EvidenceRanking.Hits(values, truth, 3), 1e-12);
        Assert.Equal(0.8, EvidenceRanking.F1(values, truth, 3), 1e-12); // precision 2/3, recall 1: 2 * 2 / (3 + 2)
        Assert.Equal(2 / 3.0, EvidenceRanking.F1(values, truth, 1), 1e-12); // precision 1, recall 1/2
    }

    [Fact]
    public void Ties_count_what_chance_would_give()
    {
        // One above, then three equal values of which one matters, then one that matters.
        float[] values = [9, 5, 5, 5, 1];
        byte[] truth = [0, 0, 1, 0, 1];
        // The tied one wins half of two pairs and loses one; the last loses all three.
        Assert.Equal(1 / 6.0, EvidenceRanking.Auc(values, truth), 1e-12);
        Assert.Equal(1 / 3.0, EvidenceRanking.Hits(values, truth, 2), 1e-12);
        Assert.Equal(2 / 3.0, EvidenceRanking.Hits(values, truth, 3), 1e-12);
        Assert.Equal(1 / 6.0, EvidenceRanking.RecallAtCount(values, truth), 1e-12);
        // Second, third or fourth alike.
        Assert.Equal(((1 / 2.0) + (1 / 3.0) + (1 / 4.0)) / 3, EvidenceRanking.ReciprocalRank(values, truth), 1e-12);

        // Two of three equal values matter: the first of them is first with chance 2/3, second with 1/3.
        Assert.Equal((2 / 3.0) + (1 / 3.0 / 2), EvidenceRanking.ReciprocalRank([4, 4, 4], [1, 0, 1]), 1e-12);
    }

    [Fact]
    public void Nothing_to_find_is_no_accident()
    {
        Assert.Equal(0.5, EvidenceRanking.Auc([1, 2], [0, 0]));
        Assert.Equal(0.5, EvidenceRanking.Auc([1, 2], [1, 1]));
        Assert.Equal(0, EvidenceRanking.RecallAtCount([1, 2], [0, 0]));
        Assert.Equal(0, EvidenceRanking.ReciprocalRank([1, 2], [0, 0]));
        Assert.Equal(0, EvidenceRanking.F1([], [], 0));
        Assert.Throws<ArgumentException>(() => EvidenceRanking.Auc([1, 2], [1]));
    }

    [Fact]
    public void The_truth_scores_1_its_reverse_0_and_a_reversed_map_1_minus_its_own()
    {
        var random = new Random(3);
        for (var trial = 0; trial < 200; trial++)
        {
            var n = random.Next(2, 40);
            float[] values = [.. Enumerable.Range(0, n).Select(_ => (float)random.Next(-6, 6))]; // with ties
            byte[] truth = [.. Enumerable.Range(0, n).Select(i => (byte)(i == 0 ? 1 : i == 1 ? 0 : random.Next(2)))];
            float[] oracle = [.. truth.Select(matters => (float)matters)];
            Assert.Equal(1, EvidenceRanking.Auc(oracle, truth));
            Assert.Equal(1, EvidenceRanking.RecallAtCount(oracle, truth), 1e-12);
            Assert.Equal(1, EvidenceRanking.ReciprocalRank(oracle, truth), 1e-12);
            Assert.Equal(0, EvidenceRanking.Auc([.. oracle.Select(value => -value)], truth));
            Assert.Equal(1, EvidenceRanking.Auc(values, truth) + EvidenceRanking.Auc([.. values.Select(value => -value)], truth), 1e-12);
            Assert.Equal(truth.Count(matters => matters == 1), EvidenceRanking.Hits(values, truth, n), 1e-9);
        }
    }

    [Fact]
    public void Ties_are_the_mean_over_all_orders()
    {
        // Against orders drawn at random, each without ties.
        float[] values = [2, 2, 1, 1, 1, 0];
        byte[] truth = [0, 1, 1, 0, 1, 0];
        var random = new Random(5);
        var (hits, rank, auc) = (0.0, 0.0, 0.0);
        const int Draws = 40_000;
        for (var draw = 0; draw < Draws; draw++)
        {
            float[] broken = [.. values.Select(value => value + (0.4f * random.NextSingle()))];
            hits += EvidenceRanking.Hits(broken, truth, 3) / Draws;
            rank += EvidenceRanking.ReciprocalRank(broken, truth) / Draws;
            auc += EvidenceRanking.Auc(broken, truth) / Draws;
        }

        Assert.Equal(hits, EvidenceRanking.Hits(values, truth, 3), 0.02);
        Assert.Equal(rank, EvidenceRanking.ReciprocalRank(values, truth), 0.02);
        Assert.Equal(auc, EvidenceRanking.Auc(values, truth), 0.02);
    }

    [Fact]
    public void Noise_scores_one_half()
    {
        var random = new Random(1);
        byte[] truth = [.. Enumerable.Range(0, 50).Select(i => (byte)(i % 10 == 0 ? 1 : 0))];
        var mean = Enumerable.Range(0, 2000).Average(_ => EvidenceRanking.Auc([.. truth.Select(_ => random.NextSingle())], truth));
        Assert.Equal(0.5, mean, 0.01);
    }

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(1, 10, 1)]
    [InlineData(3, 10, 3)] // 0.30000000000000004 * 10 would take four
    [InlineData(1, 11, 2)]
    [InlineData(9, 11, 10)]
    [InlineData(10, 7, 7)]
    [InlineData(5, 0, 0)]
    public void Steps_are_rounded_up(int step, int n, int tokens) => Assert.Equal(tokens, TextSteps.Tokens(step, n));

    [Theory]
    [InlineData(0.01, 10, 1)]
    [InlineData(0.2, 10, 2)]
    [InlineData(0.05, 101, 6)]
    [InlineData(0.5, 0, 0)]
    [InlineData(1, 4, 4)]
    public void Shares_are_rounded_up_and_at_least_one(double share, int n, int tokens) => Assert.Equal(tokens, TextSteps.Tokens(share, n));

    [Fact]
    public void The_area_is_that_of_trapezoids()
    {
        Assert.Equal(0.5, TextSteps.Area(TextSteps.Shares), 1e-12);
        Assert.Equal(0.55, TextSteps.Area([1, .. Enumerable.Repeat(0.5, 10)]) + 0.025, 1e-12); // 0.1 * 0.75 + 0.9 * 0.5 = 0.525
    }

    [Fact]
    public void Equal_values_keep_the_order_of_the_text() => Assert.Equal([1, 0, 2], ValueOrder.Descending([2f, 3f, 2f]));
}
