using Mambascope.Autodiff;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Texts;

/// <summary>How likely tokens are to come next. Sums in double, over the whole vocabulary.</summary>
internal static class NextToken
{
    /// <summary>log softmax(scores)[id].</summary>
    public static double LogProbability(ReadOnlySpan<float> scores, int id) => Logits.LogProbability(scores, id);

    /// <summary>softmax(scores)[id].</summary>
    public static double Probability(ReadOnlySpan<float> scores, int id) => Math.Exp(LogProbability(scores, id));

    /// <summary>Sum of the log-probabilities of the judged tokens, each after all before it.</summary>
    public static double LogProbability(ILanguageModel model, Continuation text, Workers workers, BufferPool<float> pool)
    {
        if (text.From >= text.Tokens.Length)
        {
            return 0;
        }

        var read = text.Tokens[..^1];
        int[] positions = [.. Enumerable.Range(text.From - 1, text.Tokens.Length - text.From)];
        using var trace = model.Forward(
            new Tape<float>(workers, pool, isRecording: false), TokenBatch.Of(read), ScorePositions.At(positions));
        return positions.Sum(position => LogProbability(trace.ScoresAt(0, position), text.Tokens[position + 1]));
    }
}
