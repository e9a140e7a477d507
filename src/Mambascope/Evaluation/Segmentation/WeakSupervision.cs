using Mambascope.Attribution;

namespace Mambascope.Evaluation.Segmentation;

/// <summary>One image and one map as weak supervision: everything that the data-set figures need.</summary>
/// <param name="MaskIoU">IoU of the pseudo-mask with the mask.</param>
/// <param name="BoxIoU">
/// Greatest IoU of the box around the largest component of the pseudo-mask with a true box; 0 without foreground.
/// </param>
/// <param name="SweptBoxIoU">The same at each fixed threshold of <see cref="WeakSupervision.Thresholds"/>.</param>
/// <param name="IsDegenerate">The map ranked nothing.</param>
public sealed record WeakSupervisionRecord(double MaskIoU, double BoxIoU, IReadOnlyList<double> SweptBoxIoU, bool IsDegenerate);

/// <summary>How well masks and boxes made of a map agree with true ones.</summary>
internal static class WeakSupervision
{
    /// <summary>The IoU from which a box counts as right.</summary>
    public const double RightBox = 0.5;

    /// <summary>0, 0.01 ... 0.99.</summary>
    public static IReadOnlyList<double> Thresholds { get; } = [.. Enumerable.Range(0, 100).Select(step => step / 100.0)];

    /// <summary>Measures one map.</summary>
    /// <param name="map">Relevance on the patch grid or at any size.</param>
    /// <param name="mask">The object, at the size of the picture as the model saw it.</param>
    /// <param name="threshold">How the pseudo-mask is made.</param>
    /// <param name="boxes">The true boxes; null for the boxes around the mask's components.</param>
    public static WeakSupervisionRecord Measure(
        RelevanceMap<float> map, ObjectMask mask, MapThreshold threshold, IReadOnlyList<Box>? boxes = null)
    {
        var truth = boxes ?? PseudoMask.Boxes(mask, BoxRule.All);
        var pixels = PixelMap.Of(map, mask.Height, mask.Width);
        var pseudo = new ObjectMask(threshold.Apply(pixels), mask.Height, mask.Width);
        var box = PseudoMask.Boxes(pseudo);
        return new(
            PseudoMask.IoU(pseudo, mask),
            box.Count == 0 ? 0 : box[0].BestIoU(truth),
            pixels.IsDegenerate ? new double[Thresholds.Count] : Sweep(pixels, truth),
            pixels.IsDegenerate);
    }

    /// <summary>Index of the one of <see cref="Thresholds"/> at which most boxes are right, of equal ones the first.</summary>
    /// <exception cref="BadInputException">Records of another number of thresholds.</exception>
    public static int BestThreshold(IReadOnlyList<WeakSupervisionRecord> records)
        => records.FirstOrDefault(record => record.SweptBoxIoU.Count != Thresholds.Count) is { } other
            ? throw new BadInputException(
                $"weak supervision record: expected the IoU at {Thresholds.Count} thresholds, found {other.SweptBoxIoU.Count}")
            : Enumerable.Range(0, Thresholds.Count).MaxBy(step => records.Count(record => record.SweptBoxIoU[step] >= RightBox));

    // Pixels join in falling order; at each threshold, from the highest, the largest component is read off.
    private static double[] Sweep(PixelMap pixels, IReadOnlyList<Box> truth)
    {
        var order = ValueOrder.Descending(pixels.Values);
        var components = new Components(pixels.Height, pixels.Width);
        var result = new double[Thresholds.Count];
        var next = 0;
        for (var step = Thresholds.Count - 1; step >= 0; step--)
        {
            for (; next < order.Length && pixels.Values[order[next]] > Thresholds[step]; next++)
            {
                components.Add(order[next]);
            }

            result[step] = components.Largest?.Bounds.BestIoU(truth) ?? 0;
        }

        return result;
    }
}
