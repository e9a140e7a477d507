using Mambascope.Evaluation;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Published;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;

namespace Mambascope.Cli.Reproducing;

/// <summary>A follow-up paper's figures with ours beside them, where the measured line is one of the paper's.</summary>
internal static class FollowUpReport
{
    /// <summary>The table: every figure of the paper, once for each of our methods that it is of.</summary>
    /// <param name="table">The paper's figures.</param>
    /// <param name="line">Which of its lines was measured.</param>
    /// <param name="measure">What was measured.</param>
    /// <param name="lines">The results.</param>
    internal static ResultTable Table(FollowUpTable table, string line, IMeasure measure, IReadOnlyList<ResultLine> lines)
    {
        var methods = MethodLines.Of(lines.Where(each => each.Index < (table.First ?? int.MaxValue)));
        var result = new ResultTable(
            table.Title,
            [
                new("line", ResultKind.Text), new("published_method", ResultKind.Text) { Heading = "method, paper" },
                new("model", ResultKind.Text), new("method", ResultKind.Text) { Heading = "method, ours" },
                new("figure", ResultKind.Text), new("cases", ResultKind.Count),
                new("ours", ResultKind.Interval) { Decimals = 3 }, new("paper", ResultKind.Number) { Decimals = 3 },
                new("difference", ResultKind.Number) { Decimals = 3 },
            ])
        {
            Note = $"Paper: {table.Source}. {table.Differences}",
        };
        foreach (var value in table.Values)
        {
            var figure = measure.Figures.Single(each => each.Name == value.Figure);
            var own = value.Line == line ? figure.In(methods).Where(method => value.IsOf(method.Method)).ToArray() : [];
            foreach (var method in own.Length == 0 ? [null] : own.Cast<MethodLines?>())
            {
                Bootstrap? ours = method is null ? null : figure.Measure(method).Interval();
                result.Add(
                    ResultCell.Text(value.Line), ResultCell.Text(value.PublishedMethod), ResultCell.Text(method?.Model ?? ""),
                    ResultCell.Text(method?.Method ?? ""), ResultCell.Text(value.Figure),
                    method is null ? ResultCell.Missing : ResultCell.Count(method.Lines.Count),
                    ours is { } interval ? ResultCell.Interval(interval) : ResultCell.Missing,
                    ResultCell.Number(value.Value), ours is { } found ? ResultCell.Number(found.Mean - value.Value) : ResultCell.Missing);
            }
        }

        return result;
    }
}
