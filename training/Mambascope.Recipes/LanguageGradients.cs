using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>Loss and weight gradients of a language model on windows of text; see <see cref="GradientLanes"/>.</summary>
/// <param name="model">The model.</param>
/// <param name="windowLength">Tokens of a window.</param>
internal sealed class LanguageGradients(ILanguageModel model, int windowLength) : IDisposable
{
    // So many tokens are run at once that their activations stay in a core's cache.
    private const int MicroBatchTokens = 512;

    private readonly GradientLanes lanes = new(model.AllWeights, Math.Max(1, MicroBatchTokens / windowLength));

    /// <summary>The gradient of a weight after <see cref="Run"/>.</summary>
    public float[] Gradient(Weight weight) => lanes.Gradient(weight);

    /// <summary>Mean loss of what is asked, in nats; gradients of it are left in <see cref="Gradient"/>.</summary>
    /// <param name="workers">Threads that share the work.</param>
    /// <param name="windows">Windows of equal length.</param>
    public double Run(Workers workers, IReadOnlyList<TrainingWindow> windows)
    {
        var scale = 1f / windows.Sum(window => window.Asked);
        return scale * lanes.Run(workers, windows.Count, (tape, gradients, first, count) =>
            {
                var (tokens, next) = TrainingWindow.Batch([.. windows.Skip(first).Take(count)]);
                var trace = model.Forward(tape, tokens, ScorePositions.All);
                var logits = trace.Logits.Data;
                var values = logits.ToArray();
                var loss = NextTokenCrossEntropy.Evaluate(values, next, scale);
                using var replay = tape.Backward(
                    trace.Logits, Activation<float>.Of(values, count, logits.Length, logits.Width), wanted: [], rules: null, gradients);
                return loss;
            });
    }

    /// <inheritdoc/>
    public void Dispose() => lanes.Dispose();
}
