using Mambascope.Attribution;

namespace Mambascope.Evaluation.Segmentation;

/// <summary>
/// The segmentation test (Chefer et al. 2021, on ImageNet-Segmentation): a map, enlarged and min-maxed, is foreground where it is above its
/// own mean. Figures follow the released code; method and data are described in docs/method.md.
/// </summary>
public static class MapSegmentation
{
    /// <summary>Measures one map against one mask.</summary>
    /// <param name="map">Relevance on the patch grid or at any size.</param>
    /// <param name="mask">The object, at the size of the picture as the model saw it.</param>
    public static SegmentationRecord Measure(RelevanceMap<float> map, ObjectMask mask)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(mask);
        var pixels = PixelMap.Of(map, mask.Height, mask.Width);
        var predicted = pixels.IsDegenerate ? new byte[mask.Values.Length] : MapThreshold.Mean.Apply(pixels);
        var (hits, found, rows) = (0L, 0L, 0.0);
        for (var y = 0; y < mask.Height; y++)
        {
            var (rowHits, rowFound, rowTrue) = (0L, 0L, 0L);
            for (var i = y * mask.Width; i < (y + 1) * mask.Width; i++)
            {
                rowHits += predicted[i] & mask.Values[i];
                rowFound += predicted[i];
                rowTrue += mask.Values[i];
            }

            rows += Dice(rowHits, rowFound + rowTrue);
            hits += rowHits;
            found += rowFound;
        }

        var (area, all) = (mask.Area, (long)mask.Values.Length);
        var union = found + area - hits;
        var background = all - union;
        return new(
            Correct: hits + background,
            Labelled: all,
            BackgroundIntersection: background,
            BackgroundUnion: all - hits,
            ForegroundIntersection: hits,
            ForegroundUnion: union,
            AveragePrecision: pixels.IsDegenerate ? 0.5 : TwoClassPrecision(pixels.Values, mask.Values),
            RowwiseF1: rows / mask.Height,
            F1: Dice(hits, found + area),
            pixels.IsDegenerate);
    }

    // F1 = 2 TP / (2 TP + FP + FN) = 2 TP / (predicted + true)
    private static double Dice(long hits, long sum) => hits == 0 ? 0 : 2.0 * hits / sum;

    // Scores [1 - map, map] against [background, foreground]. (A degenerate map has all 2HW scores equal: half of them are right.)
    private static double TwoClassPrecision(float[] map, byte[] mask)
    {
        var n = map.Length;
        var scores = new float[2 * n];
        var labels = new byte[2 * n];
        for (var i = 0; i < n; i++)
        {
            scores[i] = 1 - map[i];
            labels[i] = (byte)(1 - mask[i]);
        }

        map.CopyTo(scores, n);
        mask.CopyTo(labels, n);
        return Segmentation.AveragePrecision.Of(scores, labels);
    }
}
