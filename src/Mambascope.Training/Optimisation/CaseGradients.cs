using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>Loss and weight gradients of a model on a batch of cases; see <see cref="GradientLanes"/>.</summary>
/// <param name="model">The model.</param>
/// <param name="microBatch">Cases that are run at once.</param>
internal sealed class CaseGradients(IModel model, int microBatch) : IDisposable
{
    private readonly GradientLanes lanes = new(model.AllWeights, microBatch);

    /// <summary>Scores (count, 1, classes) of the cases first, first + 1, ... of a batch.</summary>
    public delegate Value<float> Scores(Tape<float> tape, int first, int count);

    /// <summary>Mean loss of the cases first, first + 1, ... of a batch; leaves its derivative by the outputs in the last.</summary>
    public delegate double Loss(ReadOnlySpan<float> outputs, int first, int count, Span<float> gradient);

    /// <summary>The gradient of a weight after <see cref="Run(Workers, Scores, int, Loss)"/>.</summary>
    public float[] Gradient(Weight weight) => lanes.Gradient(weight);

    /// <summary>Mean loss of a batch; gradients of it are left in <see cref="Gradient"/>.</summary>
    /// <param name="workers">Threads that share the work.</param>
    /// <param name="scores">Runs the model on cases of the batch; called from several threads.</param>
    /// <param name="labels">Class per case.</param>
    /// <param name="smoothing">Label smoothing.</param>
    /// <param name="classWeights">Factor of the loss of a case by its class; null for 1.</param>
    public double Run(Workers workers, Scores scores, int[] labels, double smoothing, IReadOnlyList<double>? classWeights = null)
        => Run(
            workers, scores, labels.Length,
            (outputs, first, count, gradient) =>
                LabelSmoothingCrossEntropy.Evaluate(outputs, labels.AsSpan(first, count), smoothing, gradient, classWeights));

    /// <summary>The same for any loss.</summary>
    /// <param name="workers">Threads that share the work.</param>
    /// <param name="scores">Runs the model on cases of the batch; called from several threads.</param>
    /// <param name="cases">Cases of the batch.</param>
    /// <param name="evaluate">The loss; called from several threads.</param>
    public double Run(Workers workers, Scores scores, int cases, Loss evaluate)
        => lanes.Run(workers, cases, (tape, gradients, first, count) =>
        {
            var output = scores(tape, first, count);
            var logits = output.Data;
            var gradient = new float[logits.Count];
            var loss = evaluate(logits.ToArray(), first, count, gradient);

            // From the mean over the micro-batch to its share in the mean over the batch.
            var share = (float)count / cases;
            for (var i = 0; i < gradient.Length; i++)
            {
                gradient[i] *= share;
            }

            using var replay = tape.Backward(
                output, Activation<float>.Of(gradient, count, 1, logits.Width), wanted: [], rules: null, gradients);
            return loss * share;
        });

    /// <inheritdoc/>
    public void Dispose() => lanes.Dispose();
}
