using System.Globalization;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Statistics;

namespace Mambascope.Evaluation.Summaries;

/// <summary>Figures by group, each beside all other cases.</summary>
public static class SliceTable
{
    /// <summary>The figures of every method by the groups of each column.</summary>
    /// <exception cref="BadInputException">There is no such column.</exception>
    internal static ResultTable Of(
        IMeasure measure, EvaluationSettings settings, IReadOnlyList<MethodLines> methods, IReadOnlyList<string> columns)
    {
        var table = new ResultTable(
            $"By {string.Join(", ", columns)} (separated: the interval of the difference to all others excludes 0; of twenty slices "
                + "without any difference one is expected to look so)",
            new ResultColumn("figure", ResultKind.Text),
            new("model", ResultKind.Text),
            new("method", ResultKind.Text),
            new("slice", ResultKind.Text),
            new(settings.Kind.Plural, ResultKind.Count),
            new("value", ResultKind.Interval) { Decimals = 3 },
            new("against_rest", ResultKind.Interval) { Heading = "minus all others", Decimals = 3 },
            new("separated", ResultKind.Text));
        foreach (var (column, figure) in columns.SelectMany(column => measure.Figures.Select(figure => (column, figure))))
        {
            foreach (var method in figure.In(methods))
            {
                foreach (var slice in SliceReport.Of(figure.Measure(method), [.. method.Lines.Select(line => Group(line, column))]).Slices)
                {
                    table.Add(
                        ResultCell.Text(figure.Heading),
                        ResultCell.Text(method.Model),
                        ResultCell.Text(method.Method),
                        ResultCell.Text(columns.Count == 1 ? slice.Key : $"{column} {slice.Key}"),
                        ResultCell.Count(slice.Value.Count),
                        ResultCell.Interval(slice.Value),
                        slice.AgainstRest is { } rest ? ResultCell.Interval(rest) : ResultCell.Missing,
                        ResultCell.Text(slice.IsSeparated ? "yes" : ""));
                }
            }
        }

        return table;
    }

    /// <summary>The group of a case by a column: its label, its prediction, or what the data say of it.</summary>
    /// <exception cref="BadInputException">There is no such column.</exception>
    public static string Group(ResultLine line, string column)
    {
        ArgumentNullException.ThrowIfNull(line);
        return column switch
        {
            "label" => line.Label?.ToString(CultureInfo.InvariantCulture) ?? "none",
            "prediction" => line.Prediction.ToString(CultureInfo.InvariantCulture),
            _ => line.Columns.TryGetValue(column, out var value)
                ? value
                : throw new BadInputException(
                    $"--slice {column}: expected label, prediction or a column of the data; known are "
                        + $"{string.Join(", ", line.Columns.Keys.DefaultIfEmpty("none"))}"),
        };
    }
}
