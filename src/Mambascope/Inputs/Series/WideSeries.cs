using System.Globalization;

namespace Mambascope.Inputs.Series;

/// <summary>A row a series of one channel; empty cells at the end of a row are behind the end of its series.</summary>
internal static class WideSeries
{
    /// <summary>The cases of a file.</summary>
    public static SeriesData Read(DelimitedFile file, int? label, int? identity)
    {
        int[] steps = [.. Enumerable.Range(0, file.Columns.Count).Where(i => i != label && i != identity)];
        var cases = new List<SeriesCase>();
        for (var row = 0; row < file.Rows.Count; row++)
        {
            var (at, cells) = (row, file.Rows[row].Cells);
            float[] values = [.. steps.Select(i => SeriesNumber.Read(cells[i], () => file.Place(at, i)))];
            var length = values.Length;
            while (length > 0 && float.IsNaN(values[length - 1]))
            {
                length--;
            }

            if (length == 0)
            {
                throw new BadInputException($"{file.Path} line {file.Rows[row].Line} has no values");
            }

            var name = identity is { } id ? cells[id].Trim() : row.ToString(CultureInfo.InvariantCulture);
            cases.Add(SeriesCase.Filled(name, values[..length], length, 1) with
            {
                Label = label is { } column ? CsvSeries.Label(file, cells[column]) : null,
            });
        }

        return new SeriesData(
            file.Path, new(SeriesKind.Steps, [new("value")]), cases, SeriesData.Ordered(cases.Select(one => one.Label)))
        {
            IsNamed = identity is not null,
        }.WithGaps("filled in with the value before");
    }
}
