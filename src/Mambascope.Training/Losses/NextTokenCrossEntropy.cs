using System.Numerics.Tensors;

namespace Mambascope.Training;

/// <summary>
/// Cross-entropy of the next token: loss = Σ over tokens of (log Σ exp(logits) - logits[next]), in nats, summed and not averaged;
/// gradient = softmax(logits) - onehot(next). The maximum is taken out first, so that nothing overflows.
/// </summary>
internal static class NextTokenCrossEntropy
{
    /// <summary>Stands for the next token where none is asked for: no loss, no gradient.</summary>
    public const int NotAsked = -1;

    /// <summary>Loss of a run of tokens, and its gradient in place of the logits.</summary>
    /// <param name="logits">
    /// (tokens, V) row-major; overwritten with the derivative of <paramref name="scale"/> times the returned loss.
    /// </param>
    /// <param name="next">(tokens), the token that comes after each, in 0 .. V-1, or <see cref="NotAsked"/>.</param>
    /// <param name="scale">Factor of the gradient.</param>
    public static double Evaluate(Span<float> logits, ReadOnlySpan<int> next, float scale)
    {
        var loss = 0.0;
        var vocabulary = Vocabulary(logits, next);
        for (var t = 0; t < next.Length; t++)
        {
            var row = logits.Slice(t * vocabulary, vocabulary);
            if (next[t] == NotAsked)
            {
                row.Clear();
                continue;
            }

            loss += Row(row, next[t], out var sum);
            TensorPrimitives.Multiply(row, scale / sum, row);
            row[next[t]] -= scale;
        }

        return loss;
    }

    /// <summary>Loss alone; the logits are used as scratch.</summary>
    public static double Evaluate(Span<float> logits, ReadOnlySpan<int> next)
    {
        var loss = 0.0;
        var vocabulary = Vocabulary(logits, next);
        for (var t = 0; t < next.Length; t++)
        {
            loss += next[t] == NotAsked ? 0 : Row(logits.Slice(t * vocabulary, vocabulary), next[t], out _);
        }

        return loss;
    }

    private static int Vocabulary(ReadOnlySpan<float> logits, ReadOnlySpan<int> next)
    {
        if (next.Length == 0 || logits.Length % next.Length != 0)
        {
            throw new ArgumentException($"{logits.Length} logits cannot belong to {next.Length} tokens", nameof(logits));
        }

        var vocabulary = logits.Length / next.Length;
        foreach (var id in next)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(id, NotAsked, nameof(next));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, vocabulary, nameof(next));
        }

        return vocabulary;
    }

    // Leaves exp(logits - max) in the row.
    private static double Row(Span<float> row, int next, out float sum)
    {
        var max = TensorPrimitives.Max<float>(row);
        var own = row[next] - max;
        TensorPrimitives.Subtract(row, max, row);
        TensorPrimitives.Exp<float>(row, row);
        sum = TensorPrimitives.Sum<float>(row);
        return Math.Log(sum) - own;
    }
}
