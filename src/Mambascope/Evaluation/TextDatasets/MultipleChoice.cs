using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Text;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// Questions with several answers to choose from in the format of ARC (Clark et al. 2018): AI2's own lines, with <c>question.stem</c>,
/// <c>question.choices</c> and <c>answerKey</c>, or those of the Hugging Face hub. The model reads <c>Question: ... Answer:</c>, and each
/// answer is scored by its log-likelihood behind that. The words of the question take part in a test, nothing else does.
/// </summary>
internal sealed class MultipleChoice : ITextDataset
{
    private const string Before = "Question: ";
    private const string StandardPrompt = "\nAnswer:";
    private const int MostChoices = 26;

    private readonly IReadOnlyList<Entry> entries;
    private readonly string prompt;

    private MultipleChoice(string name, IReadOnlyList<Entry> entries, string prompt)
        => (Name, this.entries, this.prompt) = (name, entries, prompt);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => entries.Count;

    /// <inheritdoc/>
    public bool HasAnswers => true;

    /// <inheritdoc/>
    public bool HasTruth => false;

    /// <inheritdoc/>
    public ExplainedClass Explained => ExplainedClass.True;

    /// <summary>Whether the objects of a file are such questions: names of its first say so.</summary>
    internal static bool Is(JsonPart first) => first["question"] is not null && first["answerKey"] is not null;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="lines">Its objects.</param>
    /// <param name="prompt">Text behind every question; null for the standard.</param>
    /// <exception cref="BadInputException">A question has no such members, or the key is none of its choices.</exception>
    internal static MultipleChoice Open(string path, IReadOnlyList<JsonPart> lines, string? prompt)
        => new(
            prompt is null ? path : $"{path}, prompt '{prompt}'", [.. lines.Select(Read)], prompt ?? StandardPrompt);

    /// <inheritdoc/>
    public TextQuestion Read(int index, TokenReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var entry = entries[IndexCheck.Within(index, Count)];
        var text = Before + entry.Stem + prompt;
        var encoded = EncodedText.Of(reader, text, entry.Where);
        int[] read = [.. encoded.Places(text.Length).Where(place => place < encoded.Tokens.Count - 1)];
        int[][] classes = [.. entry.Choices.Select(choice => AnswerWords.Tokens(reader, text, encoded, $" {choice}", entry.Where))];
        return new(
            entry.Id, encoded.Ids, encoded.Within(read, [(Before.Length, Before.Length + entry.Stem.Length)]), classes[entry.Right][0],
            Truth: null)
        {
            Classes = classes,
            Class = entry.Right,
            Choices = [.. classes.Select(tokens => tokens[0]).Distinct()],
            Columns = new Dictionary<string, string>(StringComparer.Ordinal) { ["key"] = entry.Key },
        };
    }

    private static Entry Read(JsonPart line, int number)
    {
        var question = line.Required("question");
        var isNested = question.Value.ValueKind == System.Text.Json.JsonValueKind.Object;
        var choices = (isNested ? question : line).Required("choices");
        var listed = isNested ? Listed(choices) : Pairs(choices);
        var (stem, key) = ((isNested ? question.Required("stem") : question).Text().Trim(), line.Required("answerKey").Text());
        var right = Array.FindIndex(listed, choice => choice.Label == key);
        if (stem.Length == 0 || listed.Length is < 2 or > MostChoices || listed.Any(choice => choice.Text.Length == 0))
        {
            throw new BadInputException($"{line.Where} expected a question and 2 to {MostChoices} answers, none of them empty");
        }

        return right >= 0 && listed.DistinctBy(choice => choice.Label, StringComparer.Ordinal).Count() == listed.Length
            ? new(
                line.Where, line["id"] is { } id ? Printable.Name(id.Value.ToString()) : $"{number}", stem,
                [.. listed.Select(choice => choice.Text)], right, key)
            : throw new BadInputException(
                $"{line.Where} answerKey is {Printable.Name(key)}, expected one of "
                    + Printable.Name(string.Join(", ", listed.Select(choice => choice.Label))));
    }

    private static (string Label, string Text)[] Listed(JsonPart choices)
        => [.. choices.Items().Select(choice => (choice.Required("label").Text(), choice.Required("text").Text().Trim()))];

    private static (string Label, string Text)[] Pairs(JsonPart choices)
    {
        JsonPart[] labels = [.. choices.Required("label").Items()];
        JsonPart[] texts = [.. choices.Required("text").Items()];
        return labels.Length == texts.Length
            ? [.. labels.Zip(texts, (label, text) => (label.Text(), text.Text().Trim()))]
            : throw new BadInputException($"{choices.Where} has {labels.Length} labels and {texts.Length} texts, expected as many");
    }

    private sealed record Entry(string Where, string Id, string Stem, IReadOnlyList<string> Choices, int Right, string Key);
}
