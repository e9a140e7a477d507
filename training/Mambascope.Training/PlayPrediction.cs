using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>Predicting Shakespeare's plays byte by byte. The score is the (geometric) mean probability that the model gives to the byte that comes.</summary>
/// <param name="text">The plays.</param>
/// <param name="context">Bytes of a window.</param>
public sealed class PlayPrediction(PlayText text, int context) : ILanguageTask
{
    /// <inheritdoc/>
    public int WindowLength => context;

    /// <inheritdoc/>
    public IReadOnlyList<TrainingWindow> Draw(Random random, int count)
        => [.. Enumerable.Range(0, count).Select(_ => TrainingWindow.Of(text.Train.Slice(random.Next(text.Train.Length - context), context + 1)))];

    /// <inheritdoc/>
    public double Score(Workers workers, ILanguageModel model) => Math.Pow(2, -BitsPerByte.Of(workers, model, text.HeldOut, context));

    /// <inheritdoc/>
    public string Words(double score) => $"held-out text: {-Math.Log2(score):F4} bits per byte ({text.HeldOut.Length - 1} bytes in windows of {context})";
}
