using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Segmentation;

namespace Mambascope.Evaluation.Runs;

/// <summary>Maps as masks and boxes that were never labelled, in an evaluation; see <see cref="WeakSupervision"/>.</summary>
/// <param name="threshold">Where a map begins to be foreground.</param>
public sealed class WeakSupervisionImageTest(MapThreshold threshold) : RecordTest<WeakSupervisionRecord>, IImageTest, IMaskMeasure
{
    /// <inheritdoc/>
    public override string Name => "weak-supervision";

    /// <inheritdoc/>
    public override string Description => "masks and boxes made of maps beside true ones: IoU, CorLoc, MaxBoxAcc";

    /// <inheritdoc/>
    public bool NeedsMasks => true;

    /// <inheritdoc/>
    public override JsonObject Options => new() { ["threshold"] = threshold.Name };

    /// <inheritdoc/>
    protected override string Title => "Weak supervision";

    /// <inheritdoc/>
    protected override string Note
        => $"A map, enlarged and min-maxed, is foreground above {(threshold == MapThreshold.Mean ? "its own mean" : threshold == MapThreshold.Otsu ? "its Otsu threshold" : threshold.Name)}: mask IoU, and CorLoc, the share of images whose "
            + "box (around the largest connected region) meets a true box with IoU of at least 0.5; true boxes are those around the mask's connected regions. MaxBoxAcc: the same share at the one fixed threshold for all images that makes it "
            + "greatest; its interval is at that threshold. random, centre-gaussian and oracle are controls.";

    /// <inheritdoc/>
    protected override IReadOnlyList<RecordFigure<WeakSupervisionRecord>> Columns { get; } =
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
    protected override IReadOnlyList<(ResultColumn Column, Func<IReadOnlyList<WeakSupervisionRecord>, ResultCell> Value)> OtherColumns { get; } =
    [
        (new("best_threshold", ResultKind.Number) { Heading = "at threshold", Decimals = 2 }, records => ResultCell.Number(WeakSupervision.Thresholds[WeakSupervision.BestThreshold(records)])),
    ];

    /// <inheritdoc/>
    public IPreparedTest Prepare(TestModel model, int seed) => new MaskComparison(this);

    /// <inheritdoc/>
    public JsonObject Measure(RelevanceMap<float> map, ObjectMask mask) => ResultLine.RecordOf(WeakSupervision.Measure(map, mask, threshold));

    /// <inheritdoc/>
    protected override bool IsDegenerate(WeakSupervisionRecord record) => record.IsDegenerate;

    /// <summary>The test with the given <see cref="Options"/>.</summary>
    internal static WeakSupervisionImageTest Of(TestOptions options) => new(MapThreshold.Parse(options.Text("threshold")));

    private static double Right(double iou) => iou >= WeakSupervision.RightBox ? 1 : 0;
}
