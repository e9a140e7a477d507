using Mambascope.Models;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>A stretch of text to learn from.</summary>
/// <param name="Tokens">What is read.</param>
/// <param name="Next">What has to come after each token; <see cref="NextTokenCrossEntropy.NotAsked"/> where nothing is asked.</param>
internal sealed record TrainingWindow(int[] Tokens, int[] Next)
{
    /// <summary>Bytes of running text: n + 1 of them, of which n are read and after each the next one is asked for.</summary>
    public static TrainingWindow Of(ReadOnlyMemory<byte> text)
        => new(Array.ConvertAll(text[..^1].ToArray(), value => (int)value), Array.ConvertAll(text[1..].ToArray(), value => (int)value));

    /// <summary>Tokens after which something is asked.</summary>
    public int Asked => Next.Count(next => next != NextTokenCrossEntropy.NotAsked);

    /// <summary>Windows of equal length as a model reads them, and what has to come after each token, window after window.</summary>
    internal static (TokenBatch Tokens, int[] Next) Batch(IReadOnlyCollection<TrainingWindow> windows)
        => (TokenBatch.Of([.. windows.Select(window => window.Tokens)]), [.. windows.SelectMany(window => window.Next)]);
}
