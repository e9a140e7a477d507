using System.Buffers;
using System.Text;
using Mambascope.Checkpoints;

namespace Mambascope.Evaluation.Reports;

/// <summary>
/// Result tables as comma-separated values (RFC 4180, UTF-8, lines end with a line feed). Numbers have every digit and a decimal point
/// whatever the machine's language. A missing value is an empty field; an empty text is <c>""</c>. Words that a spreadsheet would run as a
/// formula (those that begin with = + - @, a tab or a line end) get a ' in front, which it does not show.
/// </summary>
public static class CsvTable
{
    private const string FormulaStarts = "=+-@\t\r\n";

    private static readonly SearchValues<char> special = SearchValues.Create(",\"\r\n");

    /// <summary>Writes a file, complete or not at all.</summary>
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    public static void Save(ResultTable table, string path)
        => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ToText(table))));

    /// <summary>The whole file as text.</summary>
    public static string ToText(ResultTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var text = new StringBuilder();
        Line(text, table.Fields.Select(field => Harmless(field.Name)));
        foreach (var row in table.Rows)
        {
            Line(text, table.Fields.Select(field => field.Kind == ResultKind.Text ? Harmless(field.Exact(row)) : field.Exact(row)));
        }

        return text.ToString();
    }

    private static string? Harmless(string? words)
        => words is [var first, ..] && FormulaStarts.Contains(first, StringComparison.Ordinal) ? "'" + words : words;

    // A lone missing value is written as "" too: an empty line would be no row.
    private static void Line(StringBuilder text, IEnumerable<string?> fields)
    {
        var line = string.Join(
            ',',
            fields.Select(field =>
                field is null ? ""
                : NeedsQuotes(field) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
                : field));
        text.Append(line.Length == 0 ? "\"\"" : line).Append('\n');
    }

    private static bool NeedsQuotes(string field)
        => field.Length == 0 || field[0] == ' ' || field[^1] == ' ' || field.AsSpan().ContainsAny(special);
}
