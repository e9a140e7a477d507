using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>
/// Loss and weight gradients of a batch. The batch is cut into a fixed number of lanes, each lane into micro-batches whose activations
/// stay in a core's cache; lanes run side by side, each on one thread with gradient arrays of its own, which are added in a fixed
/// order. So the number of threads changes the speed, never a bit of the result.
/// </summary>
public sealed class GradientLanes : IDisposable
{
    private const int Lanes = 4;
    private const int MicroBatch = 4;

    private readonly IVisionModel model;
    private readonly Weight[] weights;
    private readonly WeightGradients<float>[] gradients;
    private readonly BufferPool<float>[] pools;
    private readonly Workers alone = new(1);

    /// <summary>Prepares lanes for a model.</summary>
    public GradientLanes(IVisionModel model)
    {
        this.model = model;
        weights = [.. model.AllWeights];
        gradients = [.. Enumerable.Range(0, Lanes).Select(_ => new WeightGradients<float>(weights))];
        pools = [.. Enumerable.Range(0, Lanes).Select(_ => new BufferPool<float>())];
    }

    /// <summary>The summed gradient of a weight after <see cref="Run"/>.</summary>
    public float[] Gradient(Weight weight) => gradients[0][weight];

    /// <summary>Mean loss of a batch; gradients of it are left in <see cref="Gradient"/>.</summary>
    /// <param name="workers">Threads that share the lanes.</param>
    /// <param name="pixels">Normalised images (B, 3 H, W).</param>
    /// <param name="labels">Class per image.</param>
    /// <param name="smoothing">Label smoothing.</param>
    /// <param name="dropPath">Factor of each item's output of a residual branch, [branch][item]; null without drop path.</param>
    public double Run(Workers workers, Activation<float> pixels, int[] labels, double smoothing, float[][]? dropPath)
    {
        var losses = new double[Lanes];
        var laneSize = (labels.Length + Lanes - 1) / Lanes;
        workers.For(Lanes, lane =>
        {
            gradients[lane].Clear();
            var end = Math.Min(labels.Length, (lane + 1) * laneSize);
            for (var first = lane * laneSize; first < end; first += MicroBatch)
            {
                losses[lane] += Step(lane, pixels, labels, first, Math.Min(MicroBatch, end - first), smoothing, dropPath);
            }
        });

        workers.For(weights.Length, i =>
        {
            var sum = gradients[0][weights[i]];
            for (var lane = 1; lane < Lanes; lane++)
            {
                var part = gradients[lane][weights[i]];
                for (var j = 0; j < sum.Length; j++)
                {
                    sum[j] += part[j];
                }
            }
        });
        return losses.Sum();
    }

    // The share of one micro-batch in the batch's mean loss.
    private double Step(int lane, Activation<float> pixels, int[] labels, int first, int count, double smoothing, float[][]? dropPath)
    {
        var images = new Activation<float>(pixels.Buffer, pixels.Offset + (first * pixels.Length * pixels.RowStride), count, pixels.Length, pixels.Width, pixels.RowStride);
        using var tape = new Tape<float>(alone, pools[lane], isRecording: true);
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

        using var replay = tape.Backward(trace.Logits, Activation<float>.Of(gradient, count, 1, logits.Width), wanted: [], rules: null, gradients[lane]);
        return loss * share;
    }

    /// <inheritdoc/>
    public void Dispose() => alone.Dispose();
}
