using System.Text;
using System.Text.Json;
using Mambascope.Checkpoints;
using Mambascope.Inputs.Text;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>A file with a JSON object a line; every error names file and line.</summary>
internal static class JsonLines
{
    private const int LargestFile = 512 << 20;

    /// <summary>The objects of a file; empty lines are passed over.</summary>
    /// <exception cref="BadInputException">Missing, too large, empty, or a line is no JSON object.</exception>
    public static IReadOnlyList<JsonPart> Read(string path)
    {
        var text = Text(path);
        var objects = new List<JsonPart>();
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (!line.IsWhiteSpace())
            {
                objects.Add(Parse(line.ToString(), $"{path}, line {number}:"));
            }
        }

        return objects.Count > 0 ? objects : throw new BadInputException($"{path} is empty, expected a JSON object a line");
    }

    /// <summary>The text of a file in UTF-8, without a byte order mark.</summary>
    public static string Text(string path) => TextFile.Read(path, LargestFile);

    /// <summary>The members of an object that are plain values, as text: columns for slices.</summary>
    public static Dictionary<string, string> Columns(JsonPart line, params ReadOnlySpan<string> except)
    {
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, part) in line.Members())
        {
            if (
                !except.Contains(name)
                && part.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
            {
                columns[name] = part.Value.ValueKind == JsonValueKind.String ? part.Text() : part.Value.GetRawText();
            }
        }

        return columns;
    }

    private static JsonPart Parse(string line, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return new JsonPart(where, document.RootElement.Clone()).Object();
        }
        catch (JsonException error)
        {
            throw new BadInputException($"{where} not JSON ({Printable.Reason(error)}); expected one object a line", error);
        }
        catch (ArgumentException error)
        {
            throw new BadInputException($"{where} not valid Unicode; expected one JSON object a line", error);
        }
    }
}
