using Mambascope.Evaluation.Segmentation;
using Mambascope.Tests.Evaluation.Perturbation;
using Xunit;

namespace Mambascope.Tests.Evaluation.Segmentation;

public sealed class MapSegmentationTests
{
    [Fact]
    public void A_two_by_two_picture_worked_by_hand()
    {
        // Map 0, 0.5, 0.2, 1 (mean 0.425): foreground is the right column. Mask: the lower row.
        var record = MapSegmentation.Measure(Pictures.Map(2, 2, 10, 15, 12, 20), new([0, 0, 1, 1], 2, 2));
        Assert.Equal((2, 4), (record.Correct, record.Labelled));
        Assert.Equal((1, 3), (record.ForegroundIntersection, record.ForegroundUnion));
        Assert.Equal((1, 3), (record.BackgroundIntersection, record.BackgroundUnion));
        Assert.Equal(0.5, record.F1, tolerance: 1e-12);

        // Rows: the upper has no positives (0), the lower one hit, one miss: 2 / (1 + 2).
        Assert.Equal(1 / 3.0, record.RowwiseF1, tolerance: 1e-12);

        // Scores [1, 0.5, 0.8, 0 | 0, 0.5, 0.2, 1], right are [1, 1, 0, 0 | 0, 0, 1, 1]; by threshold:
        // 1: 2 of 2; 0.8: 2 of 3; 0.5: 3 of 5; 0.2: 4 of 6. AP = (2 · 1 + 1 · 3/5 + 1 · 4/6) / 4
        Assert.Equal((2 + 0.6 + (4 / 6.0)) / 4, record.AveragePrecision, tolerance: 1e-12);
    }

    [Fact]
    public void A_constant_map_is_all_background_with_precision_one_half()
    {
        var record = MapSegmentation.Measure(Pictures.Map(2, 2, 3, 3, 3, 3), new([0, 1, 1, 1], 2, 2));
        Assert.True(record.IsDegenerate);
        Assert.Equal((1, 0, 3), (record.Correct, record.ForegroundIntersection, record.ForegroundUnion));
        Assert.Equal((0.5, 0, 0), (record.AveragePrecision, record.F1, record.RowwiseF1));
        Assert.True(MapSegmentation.Measure(Pictures.Map(1, 2, float.NaN, 1), new([0, 1], 1, 2)).IsDegenerate);
    }

    [Fact]
    public void Data_set_figures_are_ratios_of_sums()
    {
        // One image of 4 pixels all right, one of 16 with nothing right.
        SegmentationRecord good = new(4, 4, 2, 2, 2, 2, 1, 1, 1, IsDegenerate: false);
        SegmentationRecord bad = new(0, 16, 0, 16, 0, 16, 0.25, 0, 0, IsDegenerate: false);
        var summary = SegmentationSummary.Of([good, bad]);
        Assert.Equal(4 / 20.0, summary.PixelAccuracy.Mean, tolerance: 1e-12);
        Assert.Equal(2 / 18.0, summary.MeanIoU.Mean, tolerance: 1e-12);
        Assert.Equal(0.625, summary.MeanAveragePrecision.Mean, tolerance: 1e-12);
        Assert.Equal((0, 1), (summary.PixelAccuracy.Lower, summary.PixelAccuracy.Upper)); // twice the one or twice the other
        Assert.Equal(2, summary.Count);
        Assert.Throws<BadInputException>(() => SegmentationSummary.Of([]));
    }

    [Fact]
    public void Average_precision_of_known_cases()
    {
        Assert.Equal(5 / 6.0, AveragePrecision.Of([0.1f, 0.4f, 0.35f, 0.8f], [0, 0, 1, 1]), tolerance: 1e-12); // 1/2 · 1 + 1/2 · 2/3
        Assert.Equal(0.25, AveragePrecision.Of([1, 1, 1, 1], [0, 0, 1, 0]), tolerance: 1e-12); // one threshold
        Assert.Equal(1, AveragePrecision.Of([3, 2, 1], [1, 1, 0]), tolerance: 1e-12);
        Assert.Equal(0, AveragePrecision.Of([1, 2], [0, 0]));
        Assert.Throws<ArgumentException>(() => AveragePrecision.Of([1, 2], [0]));
    }

    [Fact]
    public void Masks_of_other_values_or_sizes_are_refused()
    {
        Assert.Contains(
            "found 255 in row 1, column 0",
            Assert.Throws<BadInputException>(() => new ObjectMask([0, 1, 255, 0], 2, 2)).Message,
            StringComparison.Ordinal);
        Assert.Throws<BadInputException>(() => new ObjectMask([0, 1], 2, 2));
    }
}
