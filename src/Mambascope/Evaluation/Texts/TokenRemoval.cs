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
    /// batches; each gets exactly what it would get alone. Scores are those of the vocabulary, or of the question's classes where it has
    /// some.
    /// </summary>
    /// <param name="question">The question.</param>
    /// <param name="removed">For each text wanted, for each token whether it is gone. The asked token never is.</param>
    /// <param name="workers">One thread.</param>
    /// <param name="pool">Memory.</param>
    internal List<float[]> Scores(QuestionCase question, IReadOnlyList<bool[]> removed, Workers workers, BufferPool<float> pool)
    {
        int? substitute = Substitute is null ? null : question.Model.Reader.Token(Substitute);
        var scores = new List<float[]>(removed.Count);
        var classes = question.Source.Classes;
        if (classes is not null && !ClassScores.AreTokens(classes))
        {
            scores.AddRange(removed.Select(gone => OfClasses(question, classes, gone, substitute, workers, pool)));
            return scores;
        }

        var atOnce = Math.Max(1, BatchTokens / question.Source.Tokens.Length);
        foreach (var chunk in removed.Chunk(atOnce))
        {
            using var tape = new Tape<float>(workers, pool, isRecording: false);
            using var trace = this == Zero ? Zeroed(tape, question, chunk) : Changed(tape, question, chunk, substitute);
            for (var item = 0; item < chunk.Length; item++)
            {
                var vocabulary = trace.ScoresAt(item, trace.ScoredTokens[item][^1]);
                scores.Add(classes is null ? vocabulary.ToArray() : ClassScores.Of(vocabulary, classes));
            }
        }

        return scores;
    }

    // Enough for the matrix products to be efficient; more would only take memory.
    private const int BatchTokens = 2048;

    // A text a class: each class's tokens behind what is left of the text.
    private float[] OfClasses(
        QuestionCase question, IReadOnlyList<IReadOnlyList<int>> classes, bool[] gone, int? substitute, Workers workers,
        BufferPool<float> pool)
    {
        using var tape = new Tape<float>(workers, pool, isRecording: false);
        if (this == Zero)
        {
            using var zeroed = question.Model.Network.ForwardInput(
                tape, WithClasses(question, classes, gone), ClassScores.Positions(question.Source.Asked, classes));
            return ClassScores.Of(zeroed, question.Source.Asked, classes);
        }

        var text = Text(question, gone, substitute);
        using var changed = question.Model.Network.Forward(
            tape, TokenBatch.Of(ClassScores.Texts(text, classes)), ClassScores.Positions(text.Count - 1, classes));
        return ClassScores.Of(changed, text.Count - 1, classes);
    }

    private static Activation<float> WithClasses(QuestionCase question, IReadOnlyList<IReadOnlyList<int>> classes, bool[] gone)
    {
        var (length, width, read) = (question.Embedded.Length, question.Embedded.Width, ClassScores.Read(classes));
        var input = Activation<float>.Zeros(classes.Count, length + read, width);
        for (var c = 0; c < classes.Count; c++)
        {
            for (var t = 0; t < length; t++)
            {
                if (!gone[t])
                {
                    question.Embedded.Row(0, t).CopyTo(input.Row(c, t));
                }
            }

            for (var t = 0; t < read; t++)
            {
                question.Choice!.Embedded.AsSpan(((c * read) + t) * width, width).CopyTo(input.Row(c, length + t));
            }
        }

        return input;
    }

    private static Tracing.Trace<float> Changed(Tape<float> tape, QuestionCase question, bool[][] removed, int? substitute)
        => question.Model.Network.Forward(tape, TokenBatch.Of([.. removed.Select(gone => Text(question, gone, substitute))]));

    private static IReadOnlyList<int> Text(QuestionCase question, bool[] gone, int? substitute)
    {
        var tokens = question.Source.Tokens;
        return substitute is { } id
            ? [.. tokens.Select((token, t) => gone[t] ? id : token)]
            : [.. tokens.Where((_, t) => !gone[t])];
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
