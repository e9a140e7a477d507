using Mambascope.Checkpoints;
using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Text;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// A JSON object a line: <c>text</c>, and where known <c>answer</c> (text of exactly one token that comes next), <c>contrast</c> (another
/// such text), <c>truth</c> (ranges of characters [[start, end], ...] that matter) and <c>id</c>. Other plain values are columns for
/// slices.
/// </summary>
internal sealed class JsonTexts : ITextDataset
{
    private readonly IReadOnlyList<Entry> entries;
    private readonly string prompt;

    private JsonTexts(string name, IReadOnlyList<Entry> entries, string prompt)
        => (Name, this.entries, this.prompt) = (name, entries, prompt);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => entries.Count;

    /// <inheritdoc/>
    public bool HasAnswers => entries.All(entry => entry.Answer is not null);

    /// <inheritdoc/>
    public bool HasTruth => entries.Any(entry => entry.Truth is not null);

    /// <inheritdoc/>
    public ExplainedClass Explained => HasAnswers ? ExplainedClass.True : ExplainedClass.Predicted;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="lines">Its objects.</param>
    /// <param name="prompt">Text put behind every text.</param>
    internal static JsonTexts Open(string path, IReadOnlyList<JsonPart> lines, string prompt)
        => new(prompt.Length == 0 ? path : $"{path}, prompt '{prompt}'", [.. lines.Select(Read)], prompt);

    /// <inheritdoc/>
    public TextQuestion Read(int index, TokenReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var entry = entries[IndexCheck.Within(index, Count)];
        var encoded = EncodedText.Of(reader, entry.Text + prompt, entry.Where);
        int[] places = [.. encoded.Places(entry.Text.Length).Where(place => place < encoded.Tokens.Count - 1)];
        return new(entry.Id, encoded.Ids, places, Token(entry.Answer), entry.Truth is { } ranges ? encoded.Within(places, ranges) : null)
        {
            Contrast = Token(entry.Contrast),
            Columns = entry.Columns,
        };

        int? Token(string? text) => text is null ? null : reader.Token(text);
    }

    private static Entry Read(JsonPart line, int number)
    {
        var text = line.Required("text").Text();
        var truth = line["truth"]
            ?.Items()
            .Select(range =>
            {
                var ends = range.Items().Select(end => end.Whole(text.Length + 1)).ToArray();
                return ends.Length == 2 && ends[0] < ends[1]
                    ? (ends[0], ends[1])
                    : throw range.Unexpected("[start, end] with start before end");
            })
            .ToArray();
        return text.Length == 0
            ? throw new BadInputException($"{line.Where} text is empty, expected at least one token")
            : new(
                line.Where,
                line["id"] is { } id ? Printable.Name(id.Value.ToString()) : $"{number}",
                text,
                line["answer"]?.Text(),
                line["contrast"]?.Text(),
                truth,
                JsonLines.Columns(line, "text", "answer", "contrast", "truth", "id"));
    }

    private sealed record Entry(
        string Where, string Id, string Text, string? Answer, string? Contrast,
        IReadOnlyList<(int Start, int End)>? Truth, IReadOnlyDictionary<string, string> Columns);
}
