using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>
/// Cross-entropy against softened labels: target q = (1 - s) · onehot + s / K over K classes;
/// loss = mean over the batch of -Σ q log softmax(logits); gradient = (softmax(logits) - q) / B.
/// Szegedy et al. 2016, section 7.
/// </summary>
internal static class LabelSmoothingCrossEntropy
{
    /// <summary>Loss of a batch, and its gradient.</summary>
    /// <param name="logits">(B, K) row-major.</param>
    /// <param name="labels">(B), each in 0 .. K-1.</param>
    /// <param name="smoothing">s, in [0, 1).</param>
    /// <param name="gradient">(B, K), overwritten with the derivative of the returned mean loss.</param>
    /// <param name="classWeights">
    /// (K), factor of the loss of a row by its label; null for 1. The mean is over rows, not over weights.
    /// </param>
    public static double Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, double smoothing, Span<float> gradient,
        IReadOnlyList<double>? classWeights = null)
    {
        if (labels.Length == 0 || logits.Length % labels.Length != 0)
        {
            throw new ArgumentException($"{logits.Length} logits cannot belong to {labels.Length} labels", nameof(logits));
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, logits.Length);
        if (!(smoothing is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "The smoothing must be in [0, 1).");
        }

        var classes = logits.Length / labels.Length;
        var loss = 0.0;
        for (var b = 0; b < labels.Length; b++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(labels[b]);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labels[b], classes);
            var weight = classWeights is null ? 1 : classWeights[labels[b]];
            loss += weight * Row(
                logits.Slice(b * classes, classes), labels[b], smoothing, weight / labels.Length, gradient.Slice(b * classes, classes));
        }

        return loss / labels.Length;
    }

    private static double Row(ReadOnlySpan<float> logits, int label, double smoothing, double weight, Span<float> gradient)
    {
        var (top, sum) = Logits.Total(logits);
        var logSum = top + Math.Log(sum);

        var loss = 0.0;
        for (var k = 0; k < logits.Length; k++)
        {
            var target = (smoothing / logits.Length) + (k == label ? 1 - smoothing : 0);
            var logProbability = logits[k] - logSum;
            loss -= target * logProbability;
            gradient[k] = (float)((Math.Exp(logProbability) - target) * weight);
        }

        return loss;
    }
}
