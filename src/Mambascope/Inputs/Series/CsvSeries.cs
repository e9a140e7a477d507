namespace Mambascope.Inputs.Series;

/// <summary>Series and tables in text files; which of the three layouts a file has is said, or follows from its columns.</summary>
internal static class CsvSeries
{
    internal static readonly string[] LabelNames = ["label", "class", "target"];
    internal static readonly string[] CaseNames = ["id", "case", "case_id", "series", "series_id", "rowid", "row_id", "sample_id"];
    internal static readonly string[] TimeNames = ["time", "t", "timestamp", "step"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="BadInputException">Missing, damaged, too large, or other than the options say.</exception>
    public static SeriesData Read(string path, SeriesFileOptions options)
    {
        var file = DelimitedFile.Read(path);
        var label = options.Label is { } named ? file.Column(named)
            : !file.HasHeader && path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? 0 // as the UCR archive writes them
            : Called(file, LabelNames);
        var identity = options.Case is { } id ? file.Column(id) : Called(file, CaseNames);
        var data = (options.Layout ?? LayoutOf(file, options.Format, label, identity)) switch
        {
            SeriesLayout.StepsInRows => LongSeries.Read(file, options.Format, label, identity),
            SeriesLayout.SeriesInRows => WideSeries.Read(file, label, identity),
            _ => CsvTable.Read(file, options.Format, label, identity),
        };
        return label is { } column && file.HasHeader ? data with { LabelName = file.Columns[column] } : data;
    }

    /// <summary>The column that is called by one of some names, whatever the case of its letters; null where there is none.</summary>
    internal static int? Called(DelimitedFile file, string[] names)
    {
        foreach (var name in names)
        {
            for (var i = 0; i < file.Columns.Count; i++)
            {
                if (file.HasHeader && file.Columns[i].Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }

        return null;
    }

    /// <summary>What a cell says that may be a number of a class in scikit-learn's files; null where it says nothing.</summary>
    internal static string? Label(DelimitedFile file, string cell)
        => SeriesNumber.IsMissing(cell) ? null
            : file.ClassNames is { } names && int.TryParse(cell, out var index) && index >= 0 && index < names.Count ? names[index]
            : cell.Trim();

    private static SeriesLayout LayoutOf(DelimitedFile file, SeriesFormat? format, int? label, int? identity)
    {
        if (file.ClassNames is not null)
        {
            return SeriesLayout.CasesInRows;
        }

        if (format is not null)
        {
            return format.Kind == SeriesKind.Features ? SeriesLayout.CasesInRows
                : format.Variables.All(variable => file.Columns.Contains(variable.Name, StringComparer.Ordinal)) ? SeriesLayout.StepsInRows
                : format.Variables.Count == 1 ? SeriesLayout.SeriesInRows
                : throw new BadInputException(
                    $"{file.Path} has no column {Printable.Name(Lacking(file, format))}; expected a column for every channel: "
                        + SeriesFile.Listed(format));
        }

        // Rows that share a case are its steps.
        var repeats = identity is { } column
            && file.Rows.Select(row => row.Cells[column]).Distinct(StringComparer.Ordinal).Count() < file.Rows.Count;
        return repeats || Called(file, TimeNames) is not null ? SeriesLayout.StepsInRows
            : !file.HasHeader || AreSteps([.. file.Columns.Where((_, i) => i != label && i != identity)]) ? SeriesLayout.SeriesInRows
            : SeriesLayout.CasesInRows;
    }

    private static string Lacking(DelimitedFile file, SeriesFormat format)
        => format.Variables.First(variable => !file.Columns.Contains(variable.Name, StringComparer.Ordinal)).Name;

    // 0, 1, 2 ... or t0, t1, t2 ...: names that differ in a number that rises by one.
    private static bool AreSteps(string[] columns)
    {
        var numbers = Array.ConvertAll(columns, name => int.TryParse(name.AsSpan(Stem(name).Length), out var number) ? number : -1);
        return columns.Length > 1
            && numbers[0] is 0 or 1
            && columns.All(name => Stem(name) == Stem(columns[0]))
            && Enumerable.Range(0, numbers.Length).All(i => numbers[i] == numbers[0] + i);

        static string Stem(string name) => name.TrimEnd("0123456789".ToCharArray());
    }
}
