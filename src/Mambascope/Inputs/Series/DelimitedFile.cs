using System.Text;
using Mambascope.Checkpoints;

namespace Mambascope.Inputs.Series;

/// <summary>
/// Cells between commas, semicolons or tabs (RFC 4180 with any of them): what separates most in the first line does so in all. A first line
/// of numbers only is no header: columns are then called by their numbers, from 0. scikit-learn's files begin with cases, features and
/// class names in place of a header.
/// </summary>
internal sealed class DelimitedFile
{
    private static readonly char[] separators = [',', ';', '\t'];

    private DelimitedFile(string path, string[] columns, List<(int Line, string[] Cells)> rows, bool hasHeader, string[]? classNames)
        => (Path, Columns, Rows, HasHeader, ClassNames) = (path, columns, rows, hasHeader, classNames);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Names of the columns, each once.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The rows with the lines they begin at, from 1; as many cells as there are columns.</summary>
    public IReadOnlyList<(int Line, string[] Cells)> Rows { get; }

    /// <summary>Whether the columns have names of their own.</summary>
    public bool HasHeader { get; }

    /// <summary>What the classes are called whose numbers stand in the last column; only of scikit-learn's files.</summary>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="BadInputException">Missing, too large, empty, or rows of unequal lengths.</exception>
    public static DelimitedFile Read(string path)
    {
        var text = TextFile.Read(path, SeriesLimits.FileBytes);
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        var separator = separators.MaxBy(one => text.AsSpan(0, end < 0 ? text.Length : end).Count(one));
        var rows = Parse(text, separator, path);
        if (rows.Count == 0)
        {
            throw new BadInputException($"{path} is empty; expected a table with a header");
        }

        // numpy's and scikit-learn's loaders write "569,30,malignant,benign" over 31 columns.
        var (first, second) = (rows[0].Cells, rows.Count > 1 ? rows[1].Cells : []);
        if (first.Length > 2 && int.TryParse(first[0], out var cases) && int.TryParse(first[1], out var features)
            && cases == rows.Count - 1 && features == second.Length - 1 && !first[2..].Any(name => SeriesNumber.TryParse(name, out _)))
        {
            string[] named = [.. Numbers(features).Select(name => $"feature {name}"), "label"];
            return new(path, named, Even(rows[1..], second.Length, path), hasHeader: true, first[2..]);
        }

        var hasHeader = !first.All(cell => SeriesNumber.IsMissing(cell) || SeriesNumber.TryParse(cell, out _));
        string[] columns = hasHeader
            ? [.. first.Select((cell, i) => cell.Trim() is { Length: > 0 } name ? name : $"column {i}")]
            : [.. Numbers(first.Length)];
        if (columns.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new BadInputException($"{path} has two columns called {Printable.Name(twice.Key)}; give each a name of its own");
        }

        return new(path, columns, Even(hasHeader ? rows[1..] : rows, columns.Length, path), hasHeader, classNames: null);
    }

    /// <summary>Index of a column.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public int Column(string name)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == name)
            {
                return i;
            }
        }

        throw new BadInputException(
            $"{Path} has no column {Printable.Name(name)}; it has {string.Join(", ", Columns.Take(12).Select(Printable.Name))}"
                + (Columns.Count > 12 ? " ..." : ""));
    }

    /// <summary>Where a cell stands, for messages.</summary>
    public string Place(int row, int column) => $"{Path} line {Rows[row].Line}: {Printable.Name(Columns[column])}";

    private static IEnumerable<string> Numbers(int count) => Enumerable.Range(0, count).Select(i => $"{i}");

    private static List<(int Line, string[] Cells)> Even(List<(int Line, string[] Cells)> rows, int columns, string path)
    {
        foreach (var (line, cells) in rows)
        {
            if (cells.Length != columns)
            {
                throw new BadInputException(
                    $"{path} line {line} has {cells.Length} cell{(cells.Length == 1 ? "" : "s")}, expected {columns} as in the first line");
            }
        }

        return rows;
    }

    private static List<(int Line, string[] Cells)> Parse(string text, char separator, string path)
    {
        var (rows, cells, cell) = (new List<(int, string[])>(), new List<string>(), new StringBuilder());
        var (line, begun, count) = (1, 1, 0);
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (isQuoted)
            {
                if (c != '"')
                {
                    cell.Append(c);
                    line += c == '\n' ? 1 : 0;
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    cell.Append(text[++i]);
                }
                else
                {
                    isQuoted = false;
                }
            }
            else if (c == '"' && cell.Length == 0)
            {
                isQuoted = true;
            }
            else if (c == separator)
            {
                EndCell();
            }
            else if (c is '\n' or '\r')
            {
                i += c == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
                EndRow();
                begun = ++line;
            }
            else
            {
                cell.Append(c);
            }
        }

        if (isQuoted)
        {
            throw new BadInputException($"{path} line {begun} opens a quotation mark that is never closed");
        }

        EndRow();
        return rows;

        void EndCell()
        {
            cells.Add(cell.ToString());
            cell.Clear();
            if (++count > SeriesLimits.Cells)
            {
                throw new BadInputException($"{path} has more than {SeriesLimits.Cells:N0} cells; split it into several files");
            }
        }

        // An empty line is none.
        void EndRow()
        {
            if (cells.Count == 0 && cell.Length == 0)
            {
                return;
            }

            EndCell();
            rows.Add((begun, [.. cells]));
            cells.Clear();
        }
    }
}
