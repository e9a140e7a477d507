using System.Globalization;

namespace Mambascope.Inputs.Series;

/// <summary>
/// A row a case, a column a feature: numbers, or words of which each becomes a category. Missing numbers stay NaN; a missing word is
/// none of
/// the categories.
/// </summary>
internal static class CsvTable
{
    /// <summary>The cases of a file.</summary>
    public static SeriesData Read(DelimitedFile file, SeriesFormat? format, int? label, int? identity)
    {
        var notes = new List<string>();
        int[] columns = format is null
            ? [.. Enumerable.Range(0, file.Columns.Count).Where(i => i != label && i != identity)]
            : [.. format.Variables.Select(variable => file.Column(variable.Name))];
        format ??= new(SeriesKind.Features, [.. columns.Select(i => VariableOf(file, i))]);
        if (columns.Length == 0)
        {
            throw new BadInputException($"{file.Path} has no columns of features");
        }

        SeriesLimits.Check((long)file.Rows.Count * format.Values, file.Path);
        if (identity is { } left)
        {
            notes.Add($"column {Printable.Name(file.Columns[left])} names the cases and is no feature");
        }

        SeriesCase[] cases = [.. Enumerable.Range(0, file.Rows.Count).Select(row => Case(file, format, columns, row, label, identity))];
        var labels = cases.Select(one => one.Label);
        return new SeriesData(file.Path, format, cases, file.ClassNames ?? SeriesData.Ordered(labels))
        {
            IsNamed = identity is not null,
            Notes = notes,
        }.WithGaps("stand for the mean of their column");
    }

    private static SeriesCase Case(DelimitedFile file, SeriesFormat format, int[] columns, int row, int? label, int? identity)
    {
        var (cells, values, first, missing) = (file.Rows[row].Cells, new float[format.Values], 0, 0);
        for (var i = 0; i < columns.Length; i++)
        {
            var (variable, cell, column) = (format.Variables[i], cells[columns[i]], columns[i]);
            if (variable.Categories is { } categories)
            {
                var isMissing = SeriesNumber.IsMissing(cell);
                missing += isMissing ? 1 : 0;
                Category(values.AsSpan(first, categories.Count), categories, isMissing ? null : cell.Trim(), () => file.Place(row, column));
            }
            else
            {
                values[first] = SeriesNumber.Read(cell, () => file.Place(row, column));
                missing += float.IsNaN(values[first]) ? 1 : 0;
            }

            first += variable.Width;
        }

        return new(identity is { } id ? cells[id].Trim() : row.ToString(CultureInfo.InvariantCulture), values, values.Length, 1)
        {
            Label = label is { } at ? CsvSeries.Label(file, cells[at]) : null,
            Missing = missing,
        };
    }

    private static void Category(Span<float> values, IReadOnlyList<string> categories, string? cell, Func<string> place)
    {
        if (cell is null)
        {
            values.Fill(float.NaN);
            return;
        }

        for (var i = 0; i < categories.Count; i++)
        {
            if (categories[i] == cell)
            {
                values[i] = 1;
                return;
            }
        }

        throw new BadInputException(
            $"{place()} is {Printable.Name(cell)}, expected one of {string.Join(", ", categories.Select(Printable.Name))}");
    }

    private static SeriesVariable VariableOf(DelimitedFile file, int column)
    {
        string[] cells = [.. file.Rows.Select(row => row.Cells[column].Trim()).Where(cell => !SeriesNumber.IsMissing(cell))];
        if (cells.All(cell => SeriesNumber.TryParse(cell, out _)))
        {
            return new(file.Columns[column]);
        }

        string[] distinct = [.. cells.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return distinct.Length <= SeriesLimits.Categories
            ? new(file.Columns[column]) { Categories = distinct }
            : throw new BadInputException(
                $"{file.Path}: column {Printable.Name(file.Columns[column])} has {distinct.Length} different words, expected numbers or at "
                    + $"most {SeriesLimits.Categories} categories; leave it out, or call it id");
    }
}
