namespace Mambascope.Evaluation.Segmentation;

/// <summary>One image and one map in the segmentation test: everything that the data-set figures need, in pixels.</summary>
/// <param name="Correct">Pixels on the right side.</param>
/// <param name="Labelled">Pixels of the mask.</param>
/// <param name="BackgroundIntersection">Background in both.</param>
/// <param name="BackgroundUnion">Background in either.</param>
/// <param name="ForegroundIntersection">Foreground in both.</param>
/// <param name="ForegroundUnion">Foreground in either.</param>
/// <param name="AveragePrecision">Of the un-thresholded map, both classes in one list of scores.</param>
/// <param name="RowwiseF1">
/// The F1 of the released code, which takes the rows of one picture for a batch: the mean over rows; 0 for a row without hits.
/// </param>
/// <param name="F1">The ordinary F1 of the foreground; 0 without hits.</param>
/// <param name="IsDegenerate">The map is constant or not finite: all background.</param>
public sealed record SegmentationRecord(
    long Correct, long Labelled, long BackgroundIntersection, long BackgroundUnion, long ForegroundIntersection, long ForegroundUnion,
    double AveragePrecision, double RowwiseF1, double F1, bool IsDegenerate);
