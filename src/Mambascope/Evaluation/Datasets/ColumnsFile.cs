using System.Collections.ObjectModel;
using Mambascope.Checkpoints;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// A user's own columns: a CSV with a header, whose first column names the picture. Its other columns are kept by their header.
/// </summary>
internal static class ColumnsFile
{
    /// <summary>Reads a file.</summary>
    /// <returns>For each name, the values by header.</returns>
    /// <exception cref="BadInputException">
    /// Missing, without columns, a row has more or fewer fields than the header, or a name stands there twice.
    /// </exception>
    public static Dictionary<string, IReadOnlyDictionary<string, string>> Read(string path)
    {
        var rows = CsvFile.Read(path);
        if (rows.Count < 2 || rows[0].Length < 2)
        {
            throw new BadInputException(
                $"{path}: expected a header with the name of a picture and at least one column, and rows below it, found {rows.Count} "
                    + $"lines of {(rows.Count == 0 ? 0 : rows[0].Length)} fields");
        }

        var header = rows[0];
        if (header.Skip(1).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new BadInputException($"{path}: expected columns of different names, found {Printable.Name(twice.Key)} twice");
        }

        var columns = new Dictionary<string, IReadOnlyDictionary<string, string>>(rows.Count, StringComparer.Ordinal);
        for (var i = 1; i < rows.Count; i++)
        {
            var row = rows[i];
            if (row.Length != header.Length)
            {
                throw new BadInputException(
                    $"{path}: row {i + 1} ({Printable.Name(row[0])}): expected {header.Length} fields as in the header, found "
                        + $"{row.Length}");
            }

            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var k = 1; k < header.Length; k++)
            {
                values.Add(header[k], row[k]);
            }

            if (!columns.TryAdd(row[0].Trim(), new ReadOnlyDictionary<string, string>(values)))
            {
                throw new BadInputException($"{path}: row {i + 1}: {Printable.Name(row[0])} has a row already; leave one of the two");
            }
        }

        return columns;
    }
}
