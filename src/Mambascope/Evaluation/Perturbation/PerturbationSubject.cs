using Mambascope.Attribution;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Perturbation;

/// <summary>One picture in the perturbation test. Made by <see cref="PixelPerturbation.Prepare"/>.</summary>
public sealed class PerturbationSubject
{
    private readonly PixelPerturbation perturbation;
    private readonly NormalisedImage image;
    private readonly Erasure erasure;
    private readonly float[] startLogits;

    internal PerturbationSubject(PixelPerturbation perturbation, NormalisedImage image, int seed, ReadOnlySpan<float> cleanLogits)
    {
        this.perturbation = perturbation;
        this.image = image;
        erasure = perturbation.Protocol.Eraser.Prepare(image, seed);
        var clean = cleanLogits.IsEmpty ? Classify([]) : cleanLogits.ToArray();
        CleanLogits = clean;
        startLogits = IsInsertion ? Classify([.. Enumerable.Range(0, image.Plane)]) : clean;
        Prediction = Best(clean);
    }

    /// <summary>Scores of the unchanged picture.</summary>
    public IReadOnlyList<float> CleanLogits { get; }

    /// <summary>The model's answer to the unchanged picture.</summary>
    public int Prediction { get; }

    private bool IsInsertion => perturbation.Protocol.Direction == PerturbationDirection.Insertion;

    /// <summary>Erases in the order of one map, and asks the model at every fraction and for both signs.</summary>
    /// <param name="map">Relevance on the patch grid, or at any size up to the picture's.</param>
    /// <param name="explained">The class whose probability is recorded: the one that the map explains.</param>
    /// <param name="label">The true class; predictions are judged against it, whatever was explained.</param>
    public PerturbationRecord Measure(RelevanceMap<float> map, int explained, int label)
    {
        ArgumentNullException.ThrowIfNull(map);
        if ((uint)explained >= CleanLogits.Count)
        {
            throw new BadInputException($"explained class {explained}: the model has classes 0 to {CleanLogits.Count - 1}");
        }

        var pixels = PixelMap.Of(map, image.Height, image.Width);
        var steps = perturbation.Protocol.Fractions.Count;
        int[][] orders = [ValueOrder.Descending(pixels.Values), ValueOrder.Ascending(pixels.Values)];
        var answers = new Answers[] { new(steps, startLogits, explained), new(steps, startLogits, explained) };
        for (var first = 0; first < 2 * steps; first += perturbation.Protocol.BatchSize)
        {
            var count = Math.Min(perturbation.Protocol.BatchSize, (2 * steps) - first);
            var batch = perturbation.Pool.Rent(count, image.Channels * image.Height, image.Width);
            for (var i = 0; i < count; i++)
            {
                Mask(orders[(first + i) / steps], perturbation.Protocol.Fractions[(first + i) % steps], batch.Item(i).Extent);
            }

            var logits = perturbation.Classify(batch);
            for (var i = 0; i < count; i++)
            {
                answers[(first + i) / steps].Set(((first + i) % steps) + 1, logits.Row(i), explained);
            }

            perturbation.Pool.Return(batch);
        }

        return new(label, explained, Prediction, answers[0].Curve, answers[1].Curve, pixels.IsDegenerate);
    }

    // int(share · pixels), truncated as the released code does.
    private void Mask(ReadOnlySpan<int> order, double fraction, Span<float> target)
    {
        image.Values.CopyTo(target);
        var count = Math.Min(image.Plane, (int)(image.Plane * fraction));
        erasure.Erase(IsInsertion ? order[count..] : order[..count], target);
    }

    private float[] Classify(ReadOnlySpan<int> removed)
    {
        var batch = perturbation.Pool.Rent(1, image.Channels * image.Height, image.Width);
        image.Values.CopyTo(batch.Extent);
        erasure.Erase(removed, batch.Extent);
        var logits = perturbation.Classify(batch).Row(0).ToArray();
        perturbation.Pool.Return(batch);
        return logits;
    }

    // The class with the highest score, of equal ones the lower.
    private static int Best(ReadOnlySpan<float> logits)
    {
        for (var c = 0; c < logits.Length; c++)
        {
            if (!float.IsFinite(logits[c]))
            {
                throw new BadInputException(
                    $"perturbation: the model's score of class {c} for a masked picture is {logits[c]}; expected finite scores");
            }
        }

        return ArgMax.Of(logits);
    }

    // The answers along one order.
    private sealed class Answers
    {
        private readonly int[] predictions;
        private readonly double[] probabilities;
        private readonly double[] scores;

        public Answers(int steps, ReadOnlySpan<float> startLogits, int explained)
        {
            predictions = new int[steps + 1];
            probabilities = new double[steps + 1];
            scores = new double[steps + 1];
            Set(0, startLogits, explained);
        }

        public PerturbationCurve Curve => new(predictions, probabilities, scores);

        public void Set(int step, ReadOnlySpan<float> logits, int explained)
        {
            predictions[step] = Best(logits);
            scores[step] = logits[explained];
            probabilities[step] = Logits.Probability(logits, explained);
        }
    }
}
