using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>
/// Predicting Shakespeare's plays byte by byte. A share of the bytes that are read (not of those that are asked for) is exchanged for bytes
/// from elsewhere in the plays: a million bytes are soon learned by heart, and noise hinders that; it also accustoms the model to what
/// tests of explanations do to a text. The score is the (geometric) mean probability that the model gives to the byte that comes.
/// </summary>
/// <param name="text">The plays.</param>
/// <param name="context">Bytes of a window.</param>
internal sealed class PlayPrediction(PlayText text, int context) : ILanguageTask
{
    /// <summary>Share of the bytes that are exchanged.</summary>
    public const double Noise = 0.1;

    /// <inheritdoc/>
    public int WindowLength => context;

    /// <inheritdoc/>
    public IReadOnlyList<TrainingWindow> Draw(Random random, int count, double progress)
        => [.. Enumerable.Range(0, count).Select(_ =>
        {
            var train = text.Train.Span;
            var window = TrainingWindow.Of(text.Train.Slice(random.Next(train.Length - context), context + 1));
            foreach (ref var token in window.Tokens.AsSpan())
            {
                token = random.NextDouble() < Noise ? train[random.Next(train.Length)] : token;
            }

            return window;
        })];

    /// <inheritdoc/>
    public double Score(Workers workers, ILanguageModel model) => Math.Pow(2, -BitsPerByte.Of(workers, model, text.HeldOut, context));

    /// <inheritdoc/>
    public string Words(double score)
        => $"held-out text: {-Math.Log2(score):F4} bits per byte ({text.HeldOut.Length - 1} bytes in windows of {context})";
}
