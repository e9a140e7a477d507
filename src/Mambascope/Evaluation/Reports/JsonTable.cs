using System.Text.Json.Nodes;
using Mambascope.Checkpoints;

namespace Mambascope.Evaluation.Reports;

/// <summary>
/// Result tables as JSON: a list with one flat object a row, keys as in the other files. A missing value is null; so is NaN or infinity,
/// which JSON does not have.
/// </summary>
public static class JsonTable
{
    /// <summary>Writes a file, complete or not at all.</summary>
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    public static void Save(ResultTable table, string path)
        => AtomicFile.Write(path, stream =>
            stream.Write(System.Text.Encoding.UTF8.GetBytes(ToJson(table).ToJsonString(new() { WriteIndented = true }) + "\n")));

    /// <summary>The rows.</summary>
    public static JsonArray ToJson(ResultTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return
        [
            .. table.Rows.Select(row => new JsonObject(table.Fields.Select(field => KeyValuePair.Create(field.Name, Value(field, row))))),
        ];
    }

    private static JsonNode? Value(FileField field, IReadOnlyList<ResultCell> row) => field.Kind switch
    {
        ResultKind.Text => field.Words(row),
        ResultKind.Count => field.Count(row),
        _ => field.Number(row) is { } number && double.IsFinite(number) ? number : null,
    };
}
