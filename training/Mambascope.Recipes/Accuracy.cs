using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Recipes;

/// <summary>Share of scenes that a model classifies rightly.</summary>
internal static class Accuracy
{
    private const int ChunkSize = 16;

    /// <summary>Right answers among the first <paramref name="count"/> scenes of a stream.</summary>
    public static int CountRight(Workers workers, IVisionModel model, SceneStream scenes, int count)
    {
        using var alone = new Workers(1);
        var right = new int[(count + ChunkSize - 1) / ChunkSize];
        workers.For(right.Length, chunk =>
        {
            var first = chunk * ChunkSize;
            var batch = new SceneBatch(Math.Min(ChunkSize, count - first));
            batch.Fill(alone, scenes, first);
            using var tape = new Tape<float>(alone, new BufferPool<float>(), isRecording: false);
            var logits = model.Forward(tape, batch.Pixels).Logits.Data;
            for (var item = 0; item < batch.Labels.Length; item++)
            {
                right[chunk] += ArgMax.Of(logits.Row(item)) == batch.Labels[item] ? 1 : 0;
            }
        });
        return right.Sum();
    }
}
