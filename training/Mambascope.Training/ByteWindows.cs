using Mambascope.Models;

namespace Mambascope.Training;

/// <summary>Windows of text of equal length n + 1 as a model reads them: n bytes each, and for each byte the one that comes after it.</summary>
internal sealed class ByteWindows
{
    internal ByteWindows(IReadOnlyList<ReadOnlyMemory<byte>> windows)
    {
        Tokens = TokenBatch.Of([.. windows.Select(window => Array.ConvertAll(window[..^1].ToArray(), value => (int)value))]);
        Next = [.. windows.SelectMany(window => window[1..].ToArray().Select(value => (int)value))];
    }

    /// <summary>What the model reads.</summary>
    internal TokenBatch Tokens { get; }

    /// <summary>What comes after each token, window after window.</summary>
    internal int[] Next { get; }
}
