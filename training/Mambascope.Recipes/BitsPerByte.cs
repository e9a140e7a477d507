using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>
/// How well a byte-level model predicts a text: mean of -log2 p(byte | what precedes it in its window), over all bytes but the first. The
/// text is cut into windows that do not overlap, and nothing is carried from one into the next.
/// </summary>
internal static class BitsPerByte
{
    private const int MicroBatch = 4;

    /// <summary>Bits per byte; does not depend on the number of threads.</summary>
    public static double Of(Workers workers, ILanguageModel model, ReadOnlyMemory<byte> text, int context)
    {
        using var alone = new Workers(1);
        var starts = Enumerable.Range(0, (text.Length - 1 + context - 1) / context).Select(i => i * context).ToArray();
        var chunks = starts
            .GroupBy(start => Math.Min(context, text.Length - 1 - start))
            .SelectMany(equal => equal.Chunk(MicroBatch))
            .ToArray();
        var nats = new double[chunks.Length];
        workers.For(chunks.Length, i =>
        {
            var (tokens, next) = TrainingWindow.Batch([
                .. chunks[i].Select(start => TrainingWindow.Of(text.Slice(start, Math.Min(context, text.Length - 1 - start) + 1))),
            ]);
            using var tape = new Tape<float>(alone, new BufferPool<float>(), isRecording: false);
            nats[i] = NextTokenCrossEntropy.Evaluate(model.Forward(tape, tokens, ScorePositions.All).Logits.Data.ToArray(), next);
        });
        return nats.Sum() / (text.Length - 1) / Math.Log(2);
    }
}
