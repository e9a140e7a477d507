using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Segmentation;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>The segmentation test in an evaluation; see <see cref="MapSegmentation"/>.</summary>
public sealed class SegmentationMeasure : CaseMeasure<PictureCase, SegmentationRecord>, IMaskMeasure
{
    /// <inheritdoc/>
    public override string Name => "segmentation";

    /// <inheritdoc/>
    public override string Description => "maps as foreground masks: pixel accuracy, mIoU, mAP, F1";

    /// <inheritdoc/>
    public override CaseKind Kind => CaseKind.Picture;

    /// <inheritdoc/>
    public override KnownFacts Needs => KnownFacts.Truth;

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["threshold"] = "mean" };

    /// <inheritdoc/>
    public override IReadOnlyList<MeasureFigure> Figures { get; } =
    [
        new(
            "pixel_accuracy",
            "pixel accuracy",
            IsHigherBetter: true,
            lines => SegmentationSummary.PixelAccuracyOf(lines.Name, Records(lines)),
            line => Ratio(line.As<SegmentationRecord>())),
        new(
            "mean_iou",
            "mIoU",
            IsHigherBetter: true,
            lines => SegmentationSummary.MeanIoUOf(lines.Name, Records(lines)),
            line => IoU(line.As<SegmentationRecord>())),
        new(
            "mean_average_precision",
            "mAP",
            IsHigherBetter: true,
            lines => SegmentationSummary.AveragePrecisionOf(lines.Name, Records(lines)),
            line => line.As<SegmentationRecord>().AveragePrecision),
    ];

    /// <inheritdoc/>
    public JsonObject Measure(RelevanceMap<float> map, ObjectMask mask) => ResultLine.RecordOf(MapSegmentation.Measure(map, mask));

    /// <inheritdoc/>
    public override ResultTable Table(IReadOnlyList<MethodLines> methods)
    {
        var table = new ResultTable(
            "Segmentation test",
            new ResultColumn("model", ResultKind.Text),
            new("method", ResultKind.Text),
            new("images", ResultKind.Count),
            Share("pixel_accuracy", "pixel accuracy"),
            Share("mean_average_precision", "mAP"),
            Share("mean_iou", "mIoU"),
            Share("iou_foreground", "IoU, object"),
            Share("iou_background", "IoU, background"),
            Share("mean_f1", "F1"),
            Share("mean_rowwise_f1", "F1 by rows, as released"),
            new("degenerate", ResultKind.Count) { Heading = "maps that say nothing" })
        {
            Note =
                "A map, enlarged and min-maxed, is foreground above its own mean. Pixel accuracy and IoU from sums over the data set; mAP "
                + "and F1 are means over images. "
                + "Intervals: 95 %, bootstrap over images. random, centre-gaussian, colour (distance from the mean colours) and oracle "
                + "are controls.",
        };
        foreach (var method in methods)
        {
            var s = SegmentationSummary.Of(Records(method));
            table.Add(
                ResultCell.Text(method.Model),
                ResultCell.Text(method.Method),
                ResultCell.Count(s.Count),
                Percent(s.PixelAccuracy),
                Percent(s.MeanAveragePrecision),
                Percent(s.MeanIoU),
                Percent(s.ForegroundIoU),
                Percent(s.BackgroundIoU),
                Percent(s.F1),
                Percent(s.RowwiseF1),
                ResultCell.Count(s.Degenerate));
        }

        return table;

        static ResultColumn Share(string name, string heading)
            => new(name, ResultKind.Interval)
            {
                Heading = heading,
                Unit = "%",
                Factor = 100,
                Decimals = 2,
            };

        static ResultCell Percent(Bootstrap share) => ResultCell.Interval(share);
    }

    /// <inheritdoc/>
    protected override Measuring<PictureCase, SegmentationRecord> Begin(MeasuredModel model, int seed)
        => (picture, maps, _, _) => maps.Select(map => MapSegmentation.Measure(map.Map, picture.Mask!));

    private static double Ratio(SegmentationRecord record) => (double)record.Correct / record.Labelled;

    private static double IoU(SegmentationRecord record)
        => (Share(record.BackgroundIntersection, record.BackgroundUnion)
            + Share(record.ForegroundIntersection, record.ForegroundUnion)) / 2;

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
