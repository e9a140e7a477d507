using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>Loss and weight gradients of a language model on windows of text; see <see cref="GradientLanes"/>.</summary>
public sealed class LanguageGradients(ILanguageModel model) : IDisposable
{
    private const int MicroBatch = 2;

    private readonly GradientLanes lanes = new(model.AllWeights, MicroBatch);

    /// <summary>The gradient of a weight after <see cref="Run"/>.</summary>
    public float[] Gradient(Weight weight) => lanes.Gradient(weight);

    /// <summary>Mean loss of a byte, in nats; gradients of it are left in <see cref="Gradient"/>.</summary>
    /// <param name="workers">Threads that share the work.</param>
    /// <param name="windows">Windows of equal length n + 1: n bytes are read, and after each the next one is asked for.</param>
    public double Run(Workers workers, IReadOnlyList<ReadOnlyMemory<byte>> windows)
    {
        var scale = 1f / (windows.Count * (windows[0].Length - 1));
        return scale * lanes.Run(workers, windows.Count, (tape, gradients, first, count) =>
        {
            var batch = new ByteWindows([.. windows.Skip(first).Take(count)]);
            var trace = model.Forward(tape, batch.Tokens, ScorePositions.All);
            var logits = trace.Logits.Data;
            var values = logits.ToArray();
            var loss = NextTokenCrossEntropy.Evaluate(values, batch.Next, scale);
            using var replay = tape.Backward(trace.Logits, Activation<float>.Of(values, count, logits.Length, logits.Width), wanted: [], rules: null, gradients);
            return loss;
        });
    }

    /// <inheritdoc/>
    public void Dispose() => lanes.Dispose();
}
