using Mambascope.Evaluation;
using Mambascope.Evaluation.Statistics;
using Xunit;

namespace Mambascope.Tests.Evaluation.Statistics;

public sealed class StatisticsTests
{
    [Fact]
    public void A_mean_has_the_same_interval_as_a_statistic()
    {
        var values = Noise(50, seed: 1);
        var mean = Bootstrap.Of(values, seed: 3);
        var statistic = Measured.Mean("m", values).Interval(seed: 3);
        Assert.Equal(mean.Mean, statistic.Mean, tolerance: 1e-12);
        Assert.Equal(mean.Lower, statistic.Lower, tolerance: 1e-12);
        Assert.Equal(mean.Upper, statistic.Upper, tolerance: 1e-12);
    }

    [Fact]
    public void A_ratio_of_sums_is_not_the_mean_of_ratios()
    {
        var ratio = Measured.Ratio("r", new[] { (1L, 1L), (0L, 3L) }, pair => pair.Item1, pair => pair.Item2);
        Assert.Equal(new Bootstrap(0.25, 0, 1, 2), ratio.Interval());
        Assert.Equal(0, Measured.Ratio("empty", new[] { (0L, 0L) }, pair => pair.Item1, pair => pair.Item2).Interval().Mean);
    }

    [Fact]
    public void Pairing_sees_a_small_difference_through_much_noise()
    {
        // Hard and easy images for both alike; the second is better by 0.01 everywhere, give or take.
        var shared = Noise(100, seed: 4);
        var small = Noise(100, seed: 5);
        var a = Measured.Mean("a", shared);
        var b = Measured.Mean("b", [.. shared.Zip(small, (s, e) => s + 0.01 + (0.02 * (e - 0.5)))]);
        var pair = PairedDifference.Of(b, a);
        Assert.True(pair.IsSeparated);
        Assert.InRange(pair.Difference.Mean, 0.005, 0.015);
        Assert.True(a.Interval().Upper > b.Interval().Lower, "apart even without pairing: the case shows nothing");
    }

    [Fact]
    public void Nothing_is_separated_from_itself_or_on_a_handful_of_units()
    {
        var a = Measured.Mean("a", Noise(40, seed: 6));
        Assert.Equal(new Bootstrap(0, 0, 0, 40), PairedDifference.Of(a, a).Difference);
        Assert.False(PairedDifference.Of(a, a).IsSeparated);
        Assert.False(PairedDifference.Of(Measured.Mean("a", [2, 2, 2, 2, 2]), Measured.Mean("b", [1, 1, 1, 1, 1])).IsSeparated);
        Assert.True(PairedDifference.Of(Measured.Mean("a", [2, 2, 2, 2, 2, 2]), Measured.Mean("b", [1, 1, 1, 1, 1, 1])).IsSeparated);
        Assert.Throws<BadInputException>(() => PairedDifference.Of(a, Measured.Mean("b", [1])));
    }

    [Fact]
    public void Ranks_are_called_only_where_intervals_separate()
    {
        var noise = Noise(60, seed: 7);
        var other = Noise(60, seed: 8);
        Measured[] methods =
        [
            Measured.Mean("worst", [.. noise.Select(v => v - 1)]),
            Measured.Mean("good", noise),
            Measured.Mean("as good", other),
            Measured.Mean("best", [.. noise.Select(v => v + 1)]),
        ];
        var ranking = Ranking.Of(methods, isHigherBetter: true);
        Assert.Equal("best", ranking.Methods[0].Name);
        Assert.Equal([1, 2, 2, 4], ranking.Methods.Select(method => method.Rank));
        Assert.Equal("worst", ranking.Methods[3].Name);
        Assert.Empty(ranking.Methods[0].NotSeparatedFrom);
        Assert.Equal(ranking.Methods[2].Name, Assert.Single(ranking.Methods[1].NotSeparatedFrom));
        Assert.Equal(ranking.Methods[1].Name, Assert.Single(ranking.Methods[2].NotSeparatedFrom));
        Assert.Equal(6, ranking.Differences.Count);

        Assert.Equal("worst", Ranking.Of(methods, isHigherBetter: false).Methods[0].Name);
        Assert.Equal([1, 2, 2, 4], Ranking.Of(methods, isHigherBetter: false).Methods.Select(method => method.Rank));
        Assert.Equal(methods[1].Interval(), ranking.Methods.Single(method => method.Name == "good").Value);
        Assert.Throws<BadInputException>(() => Ranking.Of([], isHigherBetter: true));
        Assert.Throws<BadInputException>(() => Ranking.Of([methods[0], Measured.Mean("b", [1])], isHigherBetter: true));
    }

    [Fact]
    public void Ranks_rise_though_an_uncertain_figure_lies_below_a_certain_one()
    {
        var (noise, wild) = (Noise(60, seed: 7), Noise(60, seed: 8));
        var ranking = Ranking.Of(
            [
                Measured.Mean("best", noise),
                Measured.Mean("beaten", [.. noise.Select(v => v - 0.05)]),
                Measured.Mean("uncertain", [.. noise.Select((v, i) => v - 0.06 + (2 * (wild[i] - wild.Average())))]),
            ],
            isHigherBetter: true);
        Assert.Equal(["best", "uncertain", "beaten"], ranking.Methods.Select(method => method.Name));
        Assert.Equal([1, 1, 2], ranking.Methods.Select(method => method.Rank));
        Assert.Equal(["best", "beaten"], ranking.Methods[1].NotSeparatedFrom);
        Assert.Equal(("best", "beaten"), (ranking.Differences[0].First, ranking.Differences[0].Second));
    }

    [Fact]
    public void Slices_show_the_group_for_which_a_measure_fails()
    {
        var noise = Noise(90, seed: 9);
        string[] keys = [.. Enumerable.Range(0, 90).Select(i => "abc"[i % 3].ToString())];
        var report = SliceReport.Of(Measured.Mean("m", [.. noise.Select((v, i) => keys[i] == "b" ? v - 2 : v)]), keys);
        Assert.Equal(["a", "b", "c"], report.Slices.Select(slice => slice.Key));
        Assert.All(report.Slices, slice => Assert.Equal(30, slice.Value.Count));
        Assert.Equal(noise.Where((_, i) => i % 3 == 1).Average() - 2, report.Slices[1].Value.Mean, tolerance: 1e-12);
        Assert.True(report.Slices[1].IsSeparated);
        Assert.True(report.Slices[1].AgainstRest!.Value.Upper < 0);
        Assert.InRange(report.LargestGap, 1.5, 2.5);

        var even = SliceReport.Of(Measured.Mean("m", noise), [.. Enumerable.Repeat("all", 90)]);
        Assert.Null(Assert.Single(even.Slices).AgainstRest);
        Assert.Equal(0, even.LargestGap);
        Assert.Throws<BadInputException>(() => SliceReport.Of(Measured.Mean("m", noise), ["a"]));
    }

    [Fact]
    public void Correlations_worked_by_hand()
    {
        Assert.Equal(0.5, Correlation.Pearson([1, 2, 3], [1, 3, 2]), tolerance: 1e-12);
        Assert.Equal(1, Correlation.Spearman([1, 2, 3, 4], [1, 10, 100, 1000]), tolerance: 1e-12);

        // Ranks 0.5 0.5 2 3 against 0 1 2 3: 4.5 / sqrt(4.5 · 5).
        Assert.Equal(Math.Sqrt(0.9), Correlation.Spearman([1, 1, 2, 3], [1, 2, 3, 4]), tolerance: 1e-12);
        Assert.Equal(0, Correlation.Pearson([0.1, 0.1, 0.1], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => Correlation.Pearson([1], [1, 2]));
    }

    private static double[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
    }
}
