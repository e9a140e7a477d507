using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Statistics;

namespace Mambascope.Evaluation.Summaries;

/// <summary>Of each figure and model the methods from best to worst, a place called only as far as paired intervals separate.</summary>
internal static class RankingTable
{
    /// <summary>Ranks all methods of all models.</summary>
    public static ResultTable Of(IMeasure measure, IReadOnlyList<MethodLines> methods)
    {
        var table = new ResultTable(
            "Ranking within each model (places that paired intervals do not separate are shared)",
            new ResultColumn("figure", ResultKind.Text),
            new("model", ResultKind.Text),
            new("rank", ResultKind.Count),
            new("method", ResultKind.Text),
            new("value", ResultKind.Interval) { Decimals = 3 },
            new("not_separated_from", ResultKind.Text) { Heading = "not separated from" });
        foreach (var (heading, model, ranked) in measure.Agreeing.Count > 0 ? Agreed(measure, methods) : Single(measure, methods))
        {
            table.Add(
                ResultCell.Text(heading),
                ResultCell.Text(model),
                ResultCell.Count(ranked.Rank),
                ResultCell.Text(ranked.Name),
                ResultCell.Interval(ranked.Value),
                ResultCell.Text(string.Join(", ", ranked.NotSeparatedFrom)));
        }

        return table;
    }

    /// <summary>A ranking for readers: a table a figure, its values as the table of the measure shows them.</summary>
    public static IReadOnlyList<ResultTable> ByFigure(ResultTable ranking, IMeasure measure, ResultTable shown)
        => [
            .. ranking.Rows.GroupBy(row => row[0].Words!, StringComparer.Ordinal).Select(figure =>
            {
                var column =
                    measure.Figures.FirstOrDefault(each => figure.Key.StartsWith(each.Heading, StringComparison.Ordinal)) is { } known
                    ? ColumnOf(known, shown)
                    : null;
                var table = new ResultTable($"By {figure.Key}: places that paired intervals do not separate are shared", [
                    .. ranking.Columns.Skip(1).Select(each => each.Kind != ResultKind.Interval ? each : each with
                    {
                        Unit = column?.Unit,
                        Factor = column?.Factor ?? 1,
                        Decimals = column?.Decimals ?? each.Decimals,
                    }),
                ]);
                foreach (var row in figure)
                {
                    table.Add([.. row.Skip(1)]);
                }

                return table;
            }),
        ];

    /// <summary>The column of a measure's table that shows a figure; null where there is none.</summary>
    public static ResultColumn? ColumnOf(MeasureFigure figure, ResultTable shown)
        => shown.Columns.FirstOrDefault(column => column.Name == figure.Name && column.Kind is ResultKind.Interval or ResultKind.Number);

    private static IEnumerable<(string Heading, string Model, RankedMethod Ranked)> Single(
        IMeasure measure, IReadOnlyList<MethodLines> methods)
        => measure.Figures.SelectMany(figure => figure.In(methods).GroupBy(method => method.Model, StringComparer.Ordinal)
            .SelectMany(model => Ranking
                .Of([.. Complete(model).Select(method => figure.Measure(method) with { Name = method.Method })], figure.IsHigherBetter)
                .Methods.Select(ranked => (figure.Heading, model.Key, ranked))));

    private static IEnumerable<(string Heading, string Model, RankedMethod Ranked)> Agreed(
        IMeasure measure, IReadOnlyList<MethodLines> methods)
        => methods.GroupBy(method => method.Model, StringComparer.Ordinal)
            .SelectMany(model => AgreedRanking
                .Of(
                [
                    .. Complete(model).Select(method => (IReadOnlyList<Measured>)
                    [
                        .. measure.Agreeing.Select(figure => figure.Measure(method) with { Name = method.Method }),
                    ]),
                ])
                .Methods.Select(ranked => ($"{measure.Figures[0].Heading}; only where all agree", model.Key, ranked)));

    // Paired comparisons need the same cases.
    private static IEnumerable<MethodLines> Complete(IEnumerable<MethodLines> methods)
    {
        var most = methods.Max(method => method.Lines.Count);
        return methods.Where(method => method.Lines.Count == most);
    }
}
