using System.Text.Json;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Evaluation;
using Mambascope.Evaluation.Segmentation;
using Xunit;

namespace Mambascope.Tests.Evaluation.Segmentation;

/// <summary>golden/segmentation-metrics: twelve maps and masks, the last map constant.</summary>
public sealed class SegmentationGoldenTests
{
    private const int Side = 224;

    [Fact]
    public void Per_image_values_and_data_set_figures_match()
    {
        using var golden = Checkpoint.Open(Golden.Path("segmentation-metrics", "segmentation.safetensors"));
        var maps = golden.ReadSingles("maps");
        var masks = golden.ReadBytes("masks");
        var records = Enumerable.Range(0, 12).Select(i => MapSegmentation.Measure(
            RelevanceMap<float>.Of(maps[(i * 196)..((i + 1) * 196)], 14, 14),
            new ObjectMask(masks[(i * Side * Side)..((i + 1) * Side * Side)], Side, Side))).ToArray();

        Assert.Equal(Enumerable.Range(0, 12).Select(i => i == 11), records.Select(record => record.IsDegenerate));
        Golden.AssertClose(
            "average_precision", [.. records.Select(record => record.AveragePrecision)], golden.Read("average_precision"), 1e-6);
        Golden.AssertClose("rowwise_f1", [.. records.Select(record => record.RowwiseF1)], golden.Read("rowwise_f1"), 1e-6);

        var summary = SegmentationSummary.Of(records);
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path("segmentation-metrics", "segmentation.json")));
        Compare("pixel_accuracy", summary.PixelAccuracy, 1e-12);
        Compare("iou_background", summary.BackgroundIoU, 1e-12);
        Compare("iou_foreground", summary.ForegroundIoU, 1e-12);
        Compare("mean_iou", summary.MeanIoU, 1e-12);
        Compare("mean_average_precision", summary.MeanAveragePrecision, 1e-6);
        Compare("mean_rowwise_f1", summary.RowwiseF1, 1e-12);

        void Compare(string name, Bootstrap actual, double tolerance)
        {
            Golden.AssertClose(name, [actual.Mean], [json.RootElement.GetProperty(name).GetDouble()], tolerance);
            Assert.InRange(actual.Mean, actual.Lower, actual.Upper);
        }
    }
}
