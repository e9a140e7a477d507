using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>
/// Loss and weight gradients of a batch, whatever it consists of. The batch is cut into a fixed number of lanes, each lane into
/// micro-batches whose activations stay in a core's cache; lanes run side by side, each on one thread with gradient arrays of its own,
/// which are added in a fixed order. So the number of threads changes the speed, never a bit of the result.
/// </summary>
internal sealed class GradientLanes : IDisposable
{
    private const int Lanes = 4;

    private readonly int microBatch;
    private readonly Weight[] weights;
    private readonly WeightGradients<float>[] gradients;
    private readonly BufferPool<float>[] pools;
    private readonly Workers alone = new(1);

    /// <summary>Prepares lanes for the weights of a model.</summary>
    /// <param name="weights">Weights to train.</param>
    /// <param name="microBatch">Items that are run at once.</param>
    public GradientLanes(IEnumerable<Weight> weights, int microBatch)
    {
        this.microBatch = microBatch;
        this.weights = [.. weights];
        gradients = [.. Enumerable.Range(0, Lanes).Select(_ => new WeightGradients<float>(this.weights))];
        pools = [.. Enumerable.Range(0, Lanes).Select(_ => new BufferPool<float>())];
    }

    /// <summary>
    /// Runs items forward and backward on a recording tape; adds weight gradients and returns the items' share in the batch's loss.
    /// </summary>
    /// <param name="tape">A tape of its own, disposed of afterwards.</param>
    /// <param name="gradients">Where the gradients of the same share are added.</param>
    /// <param name="first">First item.</param>
    /// <param name="count">How many.</param>
    public delegate double MicroBatchStep(Tape<float> tape, WeightGradients<float> gradients, int first, int count);

    /// <summary>The summed gradient of a weight after <see cref="Run"/>.</summary>
    public float[] Gradient(Weight weight) => gradients[0][weight];

    /// <summary>Loss of a batch of <paramref name="items"/>; gradients of it are left in <see cref="Gradient"/>.</summary>
    /// <param name="workers">Threads that share the lanes.</param>
    /// <param name="items">Size of the batch.</param>
    /// <param name="step">What is done with each micro-batch; called from several threads.</param>
    public double Run(Workers workers, int items, MicroBatchStep step)
    {
        var losses = new double[Lanes];
        var laneSize = (items + Lanes - 1) / Lanes;
        workers.For(Lanes, lane =>
        {
            gradients[lane].Clear();
            var end = Math.Min(items, (lane + 1) * laneSize);
            for (var first = lane * laneSize; first < end; first += microBatch)
            {
                using var tape = new Tape<float>(alone, pools[lane], isRecording: true);
                losses[lane] += step(tape, gradients[lane], first, Math.Min(microBatch, end - first));
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

    /// <inheritdoc/>
    public void Dispose() => alone.Dispose();
}
