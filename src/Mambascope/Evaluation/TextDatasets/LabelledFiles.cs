using System.Text.Json;
using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Text;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// Texts with classes as they are published: a table with a header (GLUE's SST-2: <c>sentence</c> and <c>label</c> between tabs; IMDb as
/// CSV: <c>review,sentiment</c> or <c>text,label</c>), a JSON object a line with such names, or IMDb's folders <c>pos</c> and <c>neg</c>
/// with a file a text.
/// </summary>
internal static class LabelledFiles
{
    private static readonly string[] texts = ["sentence", "text", "review"];
    private static readonly string[] labels = ["label", "sentiment", "class"];
    private static readonly string[] classFolders = ["neg", "pos"];

    /// <summary>Whether a folder is laid out as IMDb's.</summary>
    internal static bool IsFolder(string folder) => classFolders.All(name => Directory.Exists(Path.Combine(folder, name)));

    /// <summary>Whether the objects of a file are texts with classes: names of its first say so.</summary>
    internal static bool IsLines(JsonPart first, bool hasAnswers)
        => labels.Any(name => first[name] is not null)
            && (first["sentence"] is not null || first["review"] is not null || (hasAnswers && first["text"] is not null));

    /// <summary>Texts of IMDb's folders, the negative ones first, in the order of their names; each is read when it is asked for.</summary>
    /// <exception cref="BadInputException">The folder cannot be read, or one of them is empty.</exception>
    internal static IReadOnlyList<ClassifiedText> OfFolder(string folder)
        => [.. classFolders.SelectMany(name => FilesOf(Path.Combine(folder, name))
            .Select(file => new ClassifiedText(
                $"{name}/{Path.GetFileNameWithoutExtension(file)}", () => JsonLines.Text(Path.Combine(folder, name, file)), name)))];

    /// <summary>Texts of a JSON object a line.</summary>
    /// <exception cref="BadInputException">A member is missing or no text.</exception>
    internal static IReadOnlyList<ClassifiedText> OfLines(IReadOnlyList<JsonPart> lines)
        => [.. lines.Select((line, number) =>
        {
            var text = Find(line, texts).Text();
            return new ClassifiedText($"{number}", () => text, Label(Find(line, labels)));
        })];

    /// <summary>Texts of a table with a header; <c>.tsv</c> between tabs as GLUE writes it, without quoting, else CSV.</summary>
    /// <exception cref="BadInputException">A column is missing, or a row has more or fewer fields than the header.</exception>
    internal static IReadOnlyList<ClassifiedText> OfTable(string path)
    {
        var rows = Rows(path);
        if (rows.Count < 2)
        {
            throw new BadInputException($"{path}: expected a header and rows below it, found {rows.Count} lines");
        }

        string[] header = [.. rows[0].Select(name => name.Trim())];
        var (text, label) = (Column(header, texts), Column(header, labels));
        if (text < 0 || label < 0)
        {
            throw new BadInputException(
                $"{path}: expected a column of {Or(text < 0 ? texts : labels)}, found {Printable.Name(string.Join(", ", header))}"
                    + (text >= 0 ? "; test files of GLUE come without labels: take dev.tsv" : ""));
        }

        return [.. rows.Skip(1).Select((row, i) => row.Length == header.Length
            ? new ClassifiedText($"{i}", () => row[text], row[label].Trim())
            : throw new BadInputException(
                $"{path}: row {i + 2}: expected {header.Length} fields as in the header, found {row.Length}"))];
    }

    private static IReadOnlyList<string[]> Rows(string path)
        => path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase)
            ? [.. CsvFile.Text(path).Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0)
                .Select(line => line.Split('\t'))]
            : CsvFile.Read(path);

    private static string[] FilesOf(string folder)
    {
        var names = InputFile.Guarded(folder, static folder => Directory.EnumerateFiles(folder)
            .Select(path => Path.GetFileName(path))
            .Where(name => name[0] != '.' && name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .ToArray());
        return names.Length > 0 ? names : throw new BadInputException($"{folder}: expected .txt files, found none");
    }

    private static JsonPart Find(JsonPart line, string[] names)
        => names.Select(name => line[name]).FirstOrDefault(part => part is not null)
            ?? throw new BadInputException($"{line.Where} expected {Or(names)}, found none of them");

    private static string Label(JsonPart part) => part.Value.ValueKind switch
    {
        JsonValueKind.String => part.Text(),
        JsonValueKind.Number => part.Value.GetRawText(),
        _ => throw part.Unexpected("a class as text or number"),
    };

    private static int Column(string[] header, string[] names)
        => names.Select(name => Array.FindIndex(header, column => string.Equals(column, name, StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(column => column >= 0, -1);

    private static string Or(string[] names) => $"{string.Join(", ", names[..^1])} or {names[^1]}";
}
