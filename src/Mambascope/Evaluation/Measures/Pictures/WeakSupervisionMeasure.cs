using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Segmentation;

namespace Mambascope.Evaluation.Measures.Pictures;

/// <summary>Maps as masks and boxes that were never labelled, in an evaluation; see <see cref="WeakSupervision"/>.</summary>
/// <param name="threshold">Where a map begins to be foreground.</param>
public sealed class WeakSupervisionMeasure(MapThreshold threshold) : PictureMeasure<WeakSupervisionRecord>, IMaskMeasure
{
    /// <inheritdoc/>
    public override string Name => "weak-supervision";

    /// <inheritdoc/>
    public override string Description => "masks and boxes made of maps beside true ones: IoU, CorLoc, MaxBoxAcc";

    /// <inheritdoc/>
    public override KnownFacts Needs => KnownFacts.Truth;

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["threshold"] = threshold.Name };

    /// <inheritdoc/>
    protected override string Title => "Weak supervision";

    /// <inheritdoc/>
    protected override string Note
        => "A map, enlarged and min-maxed, is foreground above "
        + $"{(threshold == MapThreshold.Mean ? "its own mean" : threshold == MapThreshold.Otsu ? "its Otsu threshold" : threshold.Name)}: "
        + "mask IoU, and CorLoc, the share of images whose "
        + "box (around the largest connected region) meets a true box with IoU of at least 0.5; true boxes are those around the mask's "
        + "connected regions. MaxBoxAcc: the same share at the one fixed threshold for all images that makes it "
        + "greatest; its interval is at that threshold. random, centre-gaussian, colour (distance from the mean colours) and oracle are "
        + "controls.";

    /// <inheritdoc/>
    protected override IReadOnlyList<MeanFigure<WeakSupervisionRecord>> Columns { get; } =
    [
        new("mask_iou", "mask IoU", isHigherBetter: true, record => record.MaskIoU) { IsShare = true, Decimals = 1 },
        new("cor_loc", "CorLoc", isHigherBetter: true, record => Right(record.BoxIoU)) { IsShare = true, Decimals = 1 },
        new("max_box_accuracy", "MaxBoxAcc", IsHigherBetter: true, records =>
        {
            var best = WeakSupervision.BestThreshold(records);
            return [.. records.Select(record => Right(record.SweptBoxIoU[best]))];
        }) { IsShare = true, Decimals = 1 },
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<(
        ResultColumn Column,
        Func<IReadOnlyList<WeakSupervisionRecord>, ResultCell> Value
    )> OtherColumns
    { get; } =
    [
        (new("best_threshold", ResultKind.Number) { Heading = "at threshold", Decimals = 2 }, records =>
            ResultCell.Number(WeakSupervision.Thresholds[WeakSupervision.BestThreshold(records)])),
    ];

    /// <inheritdoc/>
    public JsonObject Measure(RelevanceMap<float> map, ObjectMask mask)
        => ResultLine.RecordOf(WeakSupervision.Measure(map, mask, threshold));

    /// <inheritdoc/>
    protected override Measuring<PictureCase, WeakSupervisionRecord> Begin(MeasuredModel model, int seed)
        => (picture, maps, _, _) => maps.Select(map => WeakSupervision.Measure(map.Map, picture.Mask!, threshold));

    /// <inheritdoc/>
    protected override int Degenerate(WeakSupervisionRecord record) => record.IsDegenerate ? 1 : 0;

    /// <summary>The measure with the given <see cref="Options"/>.</summary>
    internal static WeakSupervisionMeasure Of(MeasureOptions options) => new(MapThreshold.Parse(options.Text("threshold")));

    private static double Right(double iou) => iou >= WeakSupervision.RightBox ? 1 : 0;
}
