using System.Text;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Text;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// Documents with human rationales in the format of ERASER (DeYoung et al., ACL 2020): lines of JSON with <c>annotation_id</c>,
/// <c>classification</c>, <c>evidences</c> (groups of {docid, start_token, end_token}, the end exclusive), <c>query</c> and <c>docids</c>,
/// beside the documents in <c>docs/DOCID</c> or <c>docs.jsonl</c>, whose words stand between white space.
/// </summary>
/// <remarks>
/// The words of all evidences are the truth; a token is part of a word with which it shares a character. Several documents are read one
/// after the other, a line end between them. A language model has no classes: what is asked is the token after the document and the prompt.
/// Instances without evidence in the words that are read are passed over.
/// </remarks>
internal sealed class EraserDataset : ITextDataset
{
    private readonly IReadOnlyList<Instance> instances;
    private readonly Dictionary<string, string> documents = new(StringComparer.Ordinal);
    private readonly TextDatasetOptions options;
    private readonly string[] classes; // in the order of their tokens among a question's choices

    private EraserDataset(string path, IReadOnlyList<JsonPart> lines, TextDatasetOptions options)
    {
        this.options = options;
        classes = [.. (options.Answers?.Keys ?? []).Order(StringComparer.Ordinal)];
        Name = path
            + (options.Prompt is { Length: > 0 } prompt ? $", prompt '{prompt}'" : "")
            + (options.Answers is { } answers ? $", answers {string.Join(", ", classes.Select(each => $"{each}='{answers[each]}'"))}" : "")
            + (options.Words is { } words ? $", first {words} words" : "");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var listed = Path.Combine(folder, "docs.jsonl");
        var all = File.Exists(listed)
            ? JsonLines
                .Read(listed)
                .GroupBy(line => line.Required("docid").Text(), StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.First().Required("document").Text(), StringComparer.Ordinal)
            : null;
        instances = [.. lines.Select(line => Read(line, id => Document(folder, all, id))).OfType<Instance>()];
        if (instances.Count == 0)
        {
            throw new BadInputException($"{path}: none of {lines.Count} instances has evidence in the words that are read; expected some");
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => instances.Count;

    /// <inheritdoc/>
    public bool HasAnswers => options.Answers is not null;

    /// <inheritdoc/>
    public bool HasTruth => true;

    /// <inheritdoc/>
    public ExplainedClass Explained => ExplainedClass.Predicted;

    /// <summary>Reads a file and the documents it names.</summary>
    internal static EraserDataset Open(string path, IReadOnlyList<JsonPart> lines, TextDatasetOptions options) => new(path, lines, options);

    /// <inheritdoc/>
    public TextQuestion Read(int index, TokenReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var instance = instances[IndexCheck.Within(index, Count)];
        var encoded = EncodedText.Of(
            reader, instance.Text + (options.Prompt ?? "").Replace("{query}", instance.Query, StringComparison.Ordinal), instance.Id);
        int[] places = [.. encoded.Places(instance.Text.Length).Where(place => place < encoded.Tokens.Count - 1)];
        int[]? choices = options.Answers is { } answers ? [.. classes.Select(each => reader.Token(answers[each]))] : null;
        if (choices is not null && choices.Distinct().Count() < choices.Length)
        {
            throw new BadInputException($"{Name}: two classes have the same answer in {reader.Name}; expected a token of its own for each");
        }

        return new(
            instance.Id, encoded.Ids, places, choices?[Array.IndexOf(classes, instance.Class)], encoded.Within(places, instance.Evidence))
        {
            Choices = choices,
            Columns = new Dictionary<string, string>(StringComparer.Ordinal) { ["classification"] = instance.Class },
        };
    }

    private Instance? Read(JsonPart line, Func<string, string> document)
    {
        var label = line.Required("classification").Text();
        if (options.Answers is not null && !classes.Contains(label, StringComparer.Ordinal))
        {
            throw new BadInputException(
                $"{line.Where} classification is {Printable.Name(label)}, expected one of those with an answer: "
                    + $"{string.Join(", ", classes)}");
        }

        var evidences = line.Required("evidences").Items().SelectMany(group => group.Items()).ToArray();
        string[] ids =
        [
            .. (line["docids"]?.Items().Select(id => id.Text()) ?? evidences.Select(each => each.Required("docid").Text())).Distinct(
                StringComparer.Ordinal),
        ];
        var (text, starts) = (new StringBuilder(), new Dictionary<string, List<(int Start, int End)>>(StringComparer.Ordinal));
        foreach (var id in ids)
        {
            text.Append(text.Length > 0 ? "\n" : "");
            var words = Words(document(id), out var content);
            starts.Add(id, [.. words.Select(word => (word.Start + text.Length, word.End + text.Length))]);
            text.Append(content);
        }

        var ranges = evidences.SelectMany(each => Range(each, starts)).Distinct().ToArray();
        var query = line["query"] is { } asked && asked.Value.ValueKind == System.Text.Json.JsonValueKind.String ? asked.Text() : "";
        return ranges.Length == 0
            ? null
            : new(Printable.Name(line.Required("annotation_id").Value.ToString()), text.ToString(), query, label, ranges);
    }

    // The words of one evidence; those behind the words that are read are left out.
    private IEnumerable<(int Start, int End)> Range(JsonPart evidence, Dictionary<string, List<(int Start, int End)>> starts)
    {
        var id = evidence.Required("docid").Text();
        if (!starts.TryGetValue(id, out var words))
        {
            throw evidence.Required("docid").Unexpected("one of docids");
        }

        var (first, end) = (evidence.Required("start_token").Whole(int.MaxValue), evidence.Required("end_token").Whole(int.MaxValue));
        if (first >= end || (end > words.Count && options.Words is null))
        {
            throw new BadInputException(
                $"{evidence.Where}: tokens {first} to {end} of document {Printable.Name(id)} with {words.Count} words; expected "
                    + "start_token before end_token within them");
        }

        return words.Skip(first).Take(end - first);
    }

    private List<(int Start, int End)> Words(string document, out string content)
    {
        var words = new List<(int, int)>();
        var at = 0;
        while (at < document.Length && words.Count < (options.Words ?? int.MaxValue))
        {
            while (at < document.Length && char.IsWhiteSpace(document[at]))
            {
                at++;
            }

            var start = at;
            while (at < document.Length && !char.IsWhiteSpace(document[at]))
            {
                at++;
            }

            if (at > start)
            {
                words.Add((start, at));
            }
        }

        content = document[..(words.Count == 0 ? 0 : words[^1].Item2)];
        return words;
    }

    // A document's name is a file's, and comes from a file that somebody else may have written.
    private string Document(string folder, Dictionary<string, string>? all, string id)
    {
        if (all is not null)
        {
            return all.TryGetValue(id, out var listed)
                ? listed
                : throw new BadInputException($"docs.jsonl has no document {Printable.Name(id)}");
        }

        if (
            id.Length == 0
            || id.Contains("..", StringComparison.Ordinal)
            || Path.IsPathRooted(id)
            || id.Contains('\\', StringComparison.Ordinal))
        {
            throw new BadInputException($"document {Printable.Name(id)} is not the name of a file in docs");
        }

        return documents.TryGetValue(id, out var text) ? text : documents[id] = JsonLines.Text(Path.Combine(folder, "docs", id));
    }

    private sealed record Instance(string Id, string Text, string Query, string Class, IReadOnlyList<(int Start, int End)> Evidence);
}
