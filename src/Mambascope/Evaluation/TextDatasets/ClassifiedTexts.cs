using Mambascope.Evaluation.Datasets;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// Texts with classes, as SST-2 and IMDb: after each text and the prompt, the model chooses among the words that say the classes. All
/// tokens of the text take part in a test, those of the prompt do not.
/// </summary>
internal sealed class ClassifiedTexts : ITextDataset
{
    private readonly IReadOnlyList<ClassifiedText> texts;
    private readonly AnswerWords answers;
    private readonly string prompt;
    private readonly int? words;

    private ClassifiedTexts(string name, IReadOnlyList<ClassifiedText> texts, AnswerWords answers, string prompt, int? words)
        => (Name, this.texts, this.answers, this.prompt, this.words) = (name, texts, answers, prompt, words);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => texts.Count;

    /// <inheritdoc/>
    public bool HasAnswers => true;

    /// <inheritdoc/>
    public bool HasTruth => false;

    /// <inheritdoc/>
    public ExplainedClass Explained => ExplainedClass.True;

    /// <summary>Asks about texts.</summary>
    /// <param name="path">What they were read from.</param>
    /// <param name="texts">The texts, 1 or more.</param>
    /// <param name="options">Prompt, answers, words that are read.</param>
    /// <exception cref="BadInputException">A class has no words.</exception>
    internal static ClassifiedTexts Open(string path, IReadOnlyList<ClassifiedText> texts, TextDatasetOptions options)
    {
        var said = AnswerWords.Of(path, texts.Select(text => text.Label), options.Answers);
        var behind = options.Prompt ?? AnswerWords.StandardPrompt;
        var name = $"{path}, prompt '{behind}', answers {said}{(options.Words is { } first ? $", first {first} words" : "")}";
        return new(name, texts, said, behind, options.Words);
    }

    /// <inheritdoc/>
    public TextQuestion Read(int index, TokenReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var item = texts[IndexCheck.Within(index, Count)];
        var (text, where) = (First(item.Text()), $"{Name}, text {item.Id}");
        if (text.Length == 0)
        {
            throw new BadInputException($"{where} is empty, expected words");
        }

        var encoded = EncodedText.Of(reader, text + prompt, where);
        int[] places = [.. encoded.Places(text.Length).Where(place => place < encoded.Tokens.Count - 1)];
        int[][] classes = [.. answers.Words.Select(answer => AnswerWords.Tokens(reader, text + prompt, encoded, answer, where))];
        var right = answers.ClassOf(item.Label);
        RefuseEqual(classes, reader);
        return new(item.Id, encoded.Ids, places, classes[right][0], Truth: null)
        {
            Classes = classes,
            Class = right,
            Choices = [.. classes.Select(tokens => tokens[0]).Distinct()],
            Columns = new Dictionary<string, string>(StringComparer.Ordinal) { ["class"] = answers.Classes[right] },
        };
    }

    private void RefuseEqual(int[][] classes, TokenReader reader)
    {
        for (var c = 1; c < classes.Length; c++)
        {
            if (classes[..c].Any(other => other.AsSpan().SequenceEqual(classes[c])))
            {
                throw new BadInputException($"{Name}: two classes have the same answer in {reader.Name}; expected another text for each");
            }
        }
    }

    // Without white space at the ends: SST-2's sentences have a blank behind them.
    private string First(string text)
    {
        text = text.Trim();
        var at = 0;
        for (var count = 0; count < (words ?? int.MaxValue) && at < text.Length; count++)
        {
            at = NextEnd(text, at);
        }

        return text[..at];
    }

    private static int NextEnd(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        while (at < text.Length && !char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at;
    }
}
