using Mambascope.Attribution;
using Mambascope.Evaluation.Statistics;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Sanity;

/// <summary>How like the map of a shifted input is to that of the input itself, in a model that takes the shift back.</summary>
/// <param name="Correlation">Spearman's, of the values with their signs; 1 for a method that is invariant.</param>
/// <param name="Difference">Greatest change of a value, as a share of the map's largest absolute value; 0 for one that is.</param>
/// <param name="ScoreDifference">Greatest change of a score: rounding, since both models are the same function of the picture.</param>
public sealed record ShiftLikeness(double Correlation, double Difference, double ScoreDifference)
{
    /// <summary>Compares two maps of one picture, class and method, and the scores of both models.</summary>
    internal static ShiftLikeness Of(
        RelevanceMap<float> map, RelevanceMap<float> shifted, ReadOnlySpan<float> scores, ReadOnlySpan<float> shiftedScores)
    {
        var largest = map.Values.Max(Math.Abs);
        return new(
            map.Values.SequenceEqual(shifted.Values) ? 1 : Statistics.Correlation.Spearman(map.Values, shifted.Values),
            largest > 0 ? Greatest(map.Values, shifted.Values) / largest : Greatest(map.Values, shifted.Values),
            Greatest(scores, shiftedScores));
    }

    private static double Greatest(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var greatest = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            greatest = Math.Max(greatest, Math.Abs((double)x[i] - y[i]));
        }

        return greatest;
    }
}

/// <summary>
/// Input invariance (Kindermans et al. 2017, "The (un)reliability of saliency methods"): a constant is added to every pixel, as another
/// mean of the preprocessing would, and the first layer's bias takes it back, b' = b - Σ W c. The model is the same function of the
/// picture as before; a map that moves has explained the preprocessing.
/// </summary>
internal static class ShiftedInput
{
    /// <summary>What is added to every normalised pixel: one standard deviation of the preprocessing.</summary>
    public const float Shift = 1;

    /// <summary>
    /// The model for shifted pixels. Null where its first layer is no plain projection of patches with a bias (a padded convolution sees
    /// zeros beyond the edge, which no bias can shift).
    /// </summary>
    public static IVisionModel? ModelFor(IVisionModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Weight[] all = [.. model.AllWeights];
        var grid = model.Grid;
        int[] patch = [grid.Channels, grid.PatchSize, grid.PatchSize];
        var projection = Array.Find(all, weight => weight.Shape is { Count: 4 } shape && shape.Skip(1).SequenceEqual(patch));
        var bias = projection is null ? null : Array.Find(all, weight =>
            weight.Name == Path.ChangeExtension(projection.Name, "bias") && weight.Count == projection.Rows);
        if (projection is null || bias is null)
        {
            return null;
        }

        var shifted = new Weight(bias.Name, Compensated(projection, bias), [.. bias.Shape]);
        var weights = all.ToDictionary(weight => weight.Name, StringComparer.Ordinal);
        return model.With((name, _) => name == bias.Name ? shifted : weights[name]);
    }

    /// <summary>Pixels with the shift.</summary>
    public static Activation<float> Pixels(Activation<float> pixels)
        => Activation<float>.Of([.. pixels.ToArray().Select(value => value + Shift)], pixels.Batch, pixels.Length, pixels.Width);

    // Summed in double: the sum of a row may cancel.
    private static float[] Compensated(Weight projection, Weight bias)
    {
        var (w, b) = (projection.Values<float>(), bias.Values<float>());
        return
        [
            .. Enumerable.Range(0, projection.Rows).Select(row =>
            {
                var sum = 0.0;
                foreach (var value in w.AsSpan(row * projection.Columns, projection.Columns))
                {
                    sum += value;
                }

                return (float)(b[row] - (Shift * sum));
            }),
        ];
    }
}
