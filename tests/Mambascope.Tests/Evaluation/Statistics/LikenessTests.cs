using Mambascope.Evaluation;
using Mambascope.Evaluation.Sanity;
using Mambascope.Evaluation.Statistics;
using Mambascope.Tests.Evaluation.Perturbation;
using Xunit;

namespace Mambascope.Tests.Evaluation.Statistics;

/// <summary>Structural similarity, calibration error and rankings that need agreement, by hand.</summary>
public sealed class LikenessTests
{
    [Fact]
    public void Ssim_of_one_window_by_hand()
    {
        // Scaled: 0 1/3 2/3 1 and 0 2/3 1/3 1. Means 1/2, variances 5/36, covariance 4/36.
        var expected = (0.5 + 1e-4) * ((8 / 36.0) + 9e-4) / ((0.5 + 1e-4) * ((10 / 36.0) + 9e-4));
        Assert.Equal(expected, StructuralSimilarity.Of([1, 2, 3, 4], [10, 30, 20, 40], rows: 2), 1e-12);
        Assert.Equal(1, StructuralSimilarity.Of([1, 2, 3, 4], [1, 2, 3, 4], rows: 2), 1e-12);
        Assert.Equal(0, StructuralSimilarity.Of([1, 1, 1, 1], [1, 2, 3, 4], rows: 2));
        Assert.Throws<ArgumentException>(() => StructuralSimilarity.Of([1, 2, 3], [1, 2, 3], rows: 2));
    }

    [Fact]
    public void Ssim_is_the_mean_over_all_windows_of_seven()
    {
        var random = new Random(3);
        float[] a = [0, 1, .. Enumerable.Range(0, 70).Select(_ => random.NextSingle())]; // 9 x 8, from 0 to 1
        float[] b = [1, 0, .. Enumerable.Range(0, 70).Select(_ => random.NextSingle())];
        var (sum, windows) = (0.0, 0);
        for (var top = 0; top <= 2; top++)
        {
            for (var left = 0; left <= 1; left++, windows++)
            {
                int[] places = [.. Enumerable.Range(0, 49).Select(i => ((top + (i / 7)) * 8) + left + (i % 7))];
                var (mx, my) = (places.Average(i => a[i]), places.Average(i => b[i]));
                var (vx, vy) = (places.Average(i => (a[i] - mx) * (a[i] - mx)), places.Average(i => (b[i] - my) * (b[i] - my)));
                var cov = places.Average(i => (a[i] - mx) * (b[i] - my));
                sum += ((2 * mx * my) + 1e-4) * ((2 * cov) + 9e-4) / (((mx * mx) + (my * my) + 1e-4) * (vx + vy + 9e-4));
            }
        }

        Assert.Equal(sum / windows, StructuralSimilarity.Of(a, b, rows: 9), 1e-6);
    }

    [Fact]
    public void A_turned_map_keeps_its_absolute_values()
    {
        var likeness = MapLikeness.Of(Pictures.Map(2, 2, 1, -2, 3, -4), Pictures.Map(2, 2, -1, 2, -3, 4));
        Assert.Equal(-1, likeness.Correlation, 1e-12);
        Assert.Equal(1, likeness.AbsoluteCorrelation, 1e-12);
    }

    [Fact]
    public void Calibration_error_weighs_bins_by_their_units()
    {
        // Bin of 0.9: confidence 0.9, 0.92, accuracy 1/2. Bin of 0.3: confidence 0.3, accuracy 1.
        var error = CalibrationError.Of("m", [0.9, 0.92, 0.3], [true, false, true]);
        Assert.Equal((Math.Abs(0.9 + 0.92 - 1) + 0.7) / 3, error.Statistic([0, 1, 2]), 1e-12);
        Assert.Equal(0.1, error.Statistic([0, 0]), 1e-12);
        Assert.Equal(0, CalibrationError.Of("m", [1.0, 1.0], [true, true]).Statistic([0, 1]));
    }

    [Fact]
    public void One_method_stands_before_another_only_where_all_figures_say_so()
    {
        var ranking = AgreedRanking.Of(
        [
            [Of("worst", 0), Of("worst", 0)],
            [Of("best", 2), Of("best", 2)],
            [Of("torn", 3), Of("torn", -1)], // before "best" by the one, behind "worst" by the other
        ]);
        Assert.Equal(["best", "torn", "worst"], ranking.Methods.Select(method => method.Name));
        Assert.Equal([1, 1, 2], ranking.Methods.Select(method => method.Rank));
        Assert.Equal(["best", "worst"], ranking.Methods[1].NotSeparatedFrom);
        Assert.Equal(2 + (19 * 0.1 / 20), ranking.Methods[0].Value.Mean, 1e-12);
        Assert.Throws<BadInputException>(() => AgreedRanking.Of([]));

        static Measured Of(string name, double value)
            => Measured.Mean(name, [.. Enumerable.Range(0, 20).Select(i => value + (i % 3 * 0.1))]);
    }
}
