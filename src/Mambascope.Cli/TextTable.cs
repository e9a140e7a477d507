namespace Mambascope.Cli;

/// <summary>Columns of plain text, for people and for grep. A column whose heading starts with a space is set flush right.</summary>
internal sealed class TextTable(params string[] headings)
{
    private const string Gap = "  ";
    private readonly List<string[]> rows = [];

    /// <summary>Adds a row; absent cells are blank.</summary>
    internal void Add(params string[] cells) => rows.Add(cells);

    /// <summary>Prints the headings, if any says something, and the rows.</summary>
    internal void Write(TextWriter output, string indent = "")
    {
        var titles = headings.Select(heading => heading.Trim()).ToArray();
        var shown = titles.Any(title => title.Length > 0) ? rows.Prepend(titles) : rows;
        var widths = headings.Select((_, column) => shown.Max(row => column < row.Length ? row[column].Length : 0)).ToArray();
        foreach (var row in shown)
        {
            var cells = row.Select(
                (cell, column) => headings[column].StartsWith(' ') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            output.WriteLine((indent + string.Join(Gap, cells)).TrimEnd());
        }
    }
}
