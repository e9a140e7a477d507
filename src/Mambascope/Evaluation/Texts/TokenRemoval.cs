using Mambascope.Autodiff;
using Mambascope.Evaluation.Cases;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Texts;

/// <summary>
/// How a token is taken out of a text: another token in its place, a vector of zeros in place of its embedding, or nothing, so that the
/// text gets shorter. Language models were never shown a "nothing" token, so the choice is part of every result.
/// </summary>
public sealed class TokenRemoval
{
    /// <summary>Name of <see cref="Zero"/>.</summary>
    public const string ZeroName = "zero";

    /// <summary>Name of <see cref="Drop"/>.</summary>
    public const string DropName = "drop";

    private TokenRemoval(string name, string? substitute) => (Name, Substitute) = (name, substitute);

    /// <summary>The embedding is zeroed; the text keeps its length.</summary>
    public static TokenRemoval Zero { get; } = new(ZeroName, substitute: null);

    /// <summary>The token is left out; what follows moves up.</summary>
    public static TokenRemoval Drop { get; } = new(DropName, substitute: null);

    /// <summary>What results call it.</summary>
    public string Name { get; }

    /// <summary>The text of the token that takes the place; null for zero and drop.</summary>
    public string? Substitute { get; }

    /// <summary><c>zero</c>, <c>drop</c>, or a token: its text, or <c>token:</c> and its text, as results write it.</summary>
    public static TokenRemoval Parse(string word)
    {
        const string Prefix = "token:";
        ArgumentNullException.ThrowIfNull(word);
        return word switch
        {
            ZeroName => Zero,
            DropName => Drop,
            _ when word.StartsWith(Prefix, StringComparison.Ordinal) => new(word, word[Prefix.Length..]),
            _ => new(Prefix + word, word),
        };
    }

    /// <summary>
    /// The model's scores after the asked token of a text from which tokens were taken, for several choices of them. Texts are run in
    /// batches; each gets exactly what it would get alone.
    /// </summary>
    /// <param name="question">The question.</param>
    /// <param name="removed">For each text wanted, for each token whether it is gone. The asked token never is.</param>
    /// <param name="workers">One thread.</param>
    /// <param name="pool">Memory.</param>
    internal List<float[]> Scores(QuestionCase question, IReadOnlyList<bool[]> removed, Workers workers, BufferPool<float> pool)
    {
        int? substitute = Substitute is null ? null : question.Model.Reader.Token(Substitute);
        var scores = new List<float[]>(removed.Count);
        var atOnce = Math.Max(1, BatchTokens / question.Source.Tokens.Length);
        foreach (var chunk in removed.Chunk(atOnce))
        {
            using var tape = new Tape<float>(workers, pool, isRecording: false);
            using var trace = this == Zero ? Zeroed(tape, question, chunk) : Changed(tape, question, chunk, substitute);
            for (var item = 0; item < chunk.Length; item++)
            {
                scores.Add(trace.ScoresAt(item, trace.ScoredTokens[item][^1]).ToArray());
            }
        }

        return scores;
    }

    // Enough for the matrix products to be efficient; more would only take memory.
    private const int BatchTokens = 2048;

    private static Tracing.Trace<float> Changed(Tape<float> tape, QuestionCase question, bool[][] removed, int? substitute)
    {
        var tokens = question.Source.Tokens;
        return question.Model.Network.Forward(tape, TokenBatch.Of([.. removed.Select(gone => (IReadOnlyList<int>)(substitute is { } id
            ? [.. tokens.Select((token, t) => gone[t] ? id : token)]
            : tokens.Where((_, t) => !gone[t]).ToArray()))]));
    }

    private static Tracing.Trace<float> Zeroed(Tape<float> tape, QuestionCase question, bool[][] removed)
    {
        var (length, width) = (question.Embedded.Length, question.Embedded.Width);
        var input = Activation<float>.Zeros(removed.Length, length, width);
        for (var item = 0; item < removed.Length; item++)
        {
            for (var t = 0; t < length; t++)
            {
                if (!removed[item][t])
                {
                    question.Embedded.Row(0, t).CopyTo(input.Row(item, t));
                }
            }
        }

        return question.Model.Network.ForwardInput(tape, input);
    }
}
