using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>Loss and weight gradients of a picture model on a batch of scenes; see <see cref="GradientLanes"/>.</summary>
public sealed class SceneGradients(IVisionModel model) : IDisposable
{
    private const int MicroBatch = 4;

    private readonly GradientLanes lanes = new(model.AllWeights, MicroBatch);

    /// <summary>The gradient of a weight after <see cref="Run"/>.</summary>
    public float[] Gradient(Weight weight) => lanes.Gradient(weight);

    /// <summary>Mean loss of a batch; gradients of it are left in <see cref="Gradient"/>.</summary>
    /// <param name="workers">Threads that share the work.</param>
    /// <param name="pixels">Normalised images (B, 3 H, W).</param>
    /// <param name="labels">Class per image.</param>
    /// <param name="smoothing">Label smoothing.</param>
    /// <param name="dropPath">Factor of each item's output of a residual branch, [branch][item]; null without drop path.</param>
    public double Run(Workers workers, Activation<float> pixels, int[] labels, double smoothing, float[][]? dropPath)
        => lanes.Run(workers, labels.Length, (tape, gradients, first, count) =>
        {
            var images = new Activation<float>(
                pixels.Buffer,
                pixels.Offset + (first * pixels.Length * pixels.RowStride),
                count,
                pixels.Length,
                pixels.Width,
                pixels.RowStride);
            var trace = model.Forward(tape, images, dropPath is null ? null : branch => dropPath[branch][first..(first + count)]);
            var logits = trace.Logits.Data;
            var gradient = new float[logits.Count];
            var loss = LabelSmoothingCrossEntropy.Evaluate(logits.ToArray(), labels.AsSpan(first, count), smoothing, gradient);

            // From the mean over the micro-batch to its share in the mean over the batch.
            var share = (float)count / labels.Length;
            for (var i = 0; i < gradient.Length; i++)
            {
                gradient[i] *= share;
            }

            using var replay = tape.Backward(
                trace.Logits, Activation<float>.Of(gradient, count, 1, logits.Width), wanted: [], rules: null, gradients);
            return loss * share;
        });

    /// <inheritdoc/>
    public void Dispose() => lanes.Dispose();
}
