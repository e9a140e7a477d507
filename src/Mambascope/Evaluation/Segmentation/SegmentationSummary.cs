using Mambascope.Evaluation.Statistics;

namespace Mambascope.Evaluation.Segmentation;

/// <summary>
/// The segmentation test of one method over a data set, from its per-image records alone. Shares from 0 to 1, with intervals over images.
/// </summary>
/// <param name="PixelAccuracy">Σ correct pixels / Σ pixels.</param>
/// <param name="BackgroundIoU">Σ intersections / Σ unions of the background.</param>
/// <param name="ForegroundIoU">Σ intersections / Σ unions of the object.</param>
/// <param name="MeanIoU">Mean of the two.</param>
/// <param name="MeanAveragePrecision">Mean over images.</param>
/// <param name="RowwiseF1">Mean over images of the F1 that the released code prints.</param>
/// <param name="F1">Mean over images of the ordinary F1.</param>
/// <param name="Degenerate">Maps that said nothing.</param>
internal sealed record SegmentationSummary(
    Bootstrap PixelAccuracy, Bootstrap BackgroundIoU, Bootstrap ForegroundIoU, Bootstrap MeanIoU,
    Bootstrap MeanAveragePrecision, Bootstrap RowwiseF1, Bootstrap F1, int Degenerate)
{
    /// <summary>Images.</summary>
    public int Count => PixelAccuracy.Count;

    /// <summary>Sums up.</summary>
    /// <param name="records">One record an image.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <exception cref="BadInputException">No records.</exception>
    public static SegmentationSummary Of(IReadOnlyList<SegmentationRecord> records, int seed = 0)
    {
        if (records.Count == 0)
        {
            throw new BadInputException("segmentation summary: expected at least one record, found none");
        }

        return new(
            Interval(PixelAccuracyOf), Interval(BackgroundIoUOf), Interval(ForegroundIoUOf), Interval(MeanIoUOf),
            Interval(AveragePrecisionOf), Interval(RowwiseF1Of), Interval(F1Of), records.Count(record => record.IsDegenerate));

        Bootstrap Interval(Func<string, IReadOnlyList<SegmentationRecord>, Measured> figure) => figure("", records).Interval(seed);
    }

    /// <summary>Pixel accuracy, for comparing methods and slices.</summary>
    public static Measured PixelAccuracyOf(string name, IReadOnlyList<SegmentationRecord> records)
        => Measured.Ratio(name, records, record => record.Correct, record => record.Labelled);

    /// <summary>IoU of the background.</summary>
    public static Measured BackgroundIoUOf(string name, IReadOnlyList<SegmentationRecord> records)
        => Measured.Ratio(name, records, record => record.BackgroundIntersection, record => record.BackgroundUnion);

    /// <summary>IoU of the object.</summary>
    public static Measured ForegroundIoUOf(string name, IReadOnlyList<SegmentationRecord> records)
        => Measured.Ratio(name, records, record => record.ForegroundIntersection, record => record.ForegroundUnion);

    /// <summary>Mean of the two, each from sums over the data set.</summary>
    public static Measured MeanIoUOf(string name, IReadOnlyList<SegmentationRecord> records)
    {
        var (background, foreground) = (BackgroundIoUOf(name, records).Statistic, ForegroundIoUOf(name, records).Statistic);
        return new(name, records.Count, units => (background(units) + foreground(units)) / 2);
    }

    /// <summary>Mean average precision.</summary>
    public static Measured AveragePrecisionOf(string name, IReadOnlyList<SegmentationRecord> records)
        => Measured.Mean(name, [.. records.Select(record => record.AveragePrecision)]);

    /// <summary>Mean of the row-wise F1.</summary>
    public static Measured RowwiseF1Of(string name, IReadOnlyList<SegmentationRecord> records)
        => Measured.Mean(name, [.. records.Select(record => record.RowwiseF1)]);

    /// <summary>Mean of the ordinary F1.</summary>
    public static Measured F1Of(string name, IReadOnlyList<SegmentationRecord> records)
        => Measured.Mean(name, [.. records.Select(record => record.F1)]);
}
