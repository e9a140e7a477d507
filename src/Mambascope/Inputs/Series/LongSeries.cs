namespace Mambascope.Inputs.Series;

/// <summary>
/// A row a time step, in order; a column may say to which case it belongs. A time column names the steps and is no channel.
/// </summary>
internal static class LongSeries
{
    /// <summary>The cases of a file.</summary>
    public static SeriesData Read(DelimitedFile file, SeriesFormat? format, int? label, int? identity)
    {
        var time = CsvSeries.Called(file, CsvSeries.TimeNames);
        int[] channels = format is null
            ? [.. Enumerable.Range(0, file.Columns.Count).Where(i => i != label && i != identity && i != time)]
            : [.. format.Variables.Select(variable => file.Column(variable.Name))];
        if (channels.Length is 0 or > SeriesLimits.Channels)
        {
            throw new BadInputException($"{file.Path} has {channels.Length} channels, expected 1 to {SeriesLimits.Channels:N0}");
        }

        SeriesLimits.Check((long)file.Rows.Count * channels.Length, file.Path);
        var cases = new List<SeriesCase>();
        foreach (var group in Cases(file, identity))
        {
            int[] rows = [.. group.Rows];
            var values = new float[rows.Length * channels.Length];
            for (var i = 0; i < values.Length; i++)
            {
                var (row, column) = (rows[i / channels.Length], channels[i % channels.Length]);
                values[i] = SeriesNumber.Read(file.Rows[row].Cells[column], () => file.Place(row, column));
            }

            cases.Add(SeriesCase.Filled(group.Name, values, rows.Length, channels.Length) with
            {
                Label = label is { } at ? LabelOf(file, rows, at, group.Name) : null,
                Times = time is { } clock ? Times(file, rows, clock) : null,
            });
        }

        SeriesVariable[] variables = [.. channels.Select(i => new SeriesVariable(file.Columns[i]))];
        return new SeriesData(
            file.Path, format ?? new(SeriesKind.Steps, variables), cases, SeriesData.Ordered(cases.Select(one => one.Label)))
        {
            IsNamed = identity is not null,
        }.WithGaps("filled in with the value before");
    }

    private static IEnumerable<(string Name, IEnumerable<int> Rows)> Cases(DelimitedFile file, int? identity)
    {
        var rows = Enumerable.Range(0, file.Rows.Count);
        return identity is not { } column
            ? file.Rows.Count == 0 ? [] : [("0", rows)]
            : rows.GroupBy(row => file.Rows[row].Cells[column].Trim(), StringComparer.Ordinal)
                .Select(group => (group.Key, group.AsEnumerable()));
    }

    private static string? LabelOf(DelimitedFile file, int[] rows, int column, string name)
    {
        string[] labels =
        [
            .. rows.Select(row => CsvSeries.Label(file, file.Rows[row].Cells[column])).OfType<string>().Distinct(StringComparer.Ordinal),
        ];
        return labels.Length < 2
            ? labels.FirstOrDefault()
            : throw new BadInputException(
                $"{file.Path}: case {Printable.Name(name)} has the labels {Printable.Name(labels[0])} and {Printable.Name(labels[1])}, "
                    + "expected one");
    }

    // Clock times in words are not read: steps are then counted.
    private static double[]? Times(DelimitedFile file, int[] rows, int column)
    {
        var times = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            if (!SeriesNumber.TryParse(file.Rows[rows[i]].Cells[column], out var value))
            {
                return null;
            }

            times[i] = value;
            if (i > 0 && times[i] < times[i - 1])
            {
                throw new BadInputException(
                    $"{file.Place(rows[i], column)} is earlier than in the row before; sort the rows of a case by time");
            }
        }

        return times;
    }
}
