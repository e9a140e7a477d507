using System.Globalization;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Evaluation;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Statistics;

namespace Mambascope.Cli.Evaluating;

/// <summary>Tables, rankings, slices and files from the lines of an evaluation.</summary>
internal static class Summaries
{
    /// <summary>Summarises a file of results on the streams.</summary>
    internal static void Print(Session session, string path, IReadOnlyList<string> slice)
    {
        var (settings, lines) = ResultFile.Read(path);
        Print(session, MeasureRegistry.Read(settings), settings, lines, slice, files: []);
    }

    /// <summary>Summarises a file of results on the streams and, when it is complete, as files beside it.</summary>
    /// <param name="session">Streams.</param>
    /// <param name="path">The file of results.</param>
    /// <param name="slice">Columns to cut by.</param>
    /// <param name="examples">Models and data, for the report's pictures or texts; null for a report without.</param>
    internal static void Deliver(Session session, string path, IReadOnlyList<string> slice, OpenedEvaluation? examples)
    {
        var (settings, lines) = ResultFile.Read(path);
        var measure = MeasureRegistry.Read(settings);
        var folder = Path.GetDirectoryName(path)!;
        var files = new List<string> { path };
        if (settings.Shards == 1)
        {
            var methods = MethodLines.Of(lines);
            var table = measure.Table(methods);
            var slices = slice.Count == 0 ? null : Slices(measure, settings, methods, slice);
            var name = Path.Combine(folder, measure.Name);
            Interruption.Shield(() =>
            {
                CsvTable.Save(table, name + ".csv");
                JsonTable.Save(table, name + ".json");
                ParquetTable.Save(table, name + ".parquet");
            });
            files.AddRange([name + ".csv", name + ".json", name + ".parquet"]);
            if (slices is not null)
            {
                Interruption.Shield(() => CsvTable.Save(slices, name + ".slices.csv"));
                files.Add(name + ".slices.csv");
            }

            var report = Path.Combine(folder, "report.html");
            var html = session.Progress.During("writing the report", () =>
                EvaluationReport.Create(measure, settings, methods, table, Rankings(measure, methods), slices, examples));
            Interruption.Shield(() => html.Save(report));
            files.Add(report);
        }

        Print(session, measure, settings, lines, slice, files);
    }

    /// <summary>Prints tables, or one JSON object.</summary>
    internal static void Print(
        Session session, IMeasure measure, EvaluationSettings settings, IReadOnlyList<ResultLine> lines, IReadOnlyList<string> slice,
        IReadOnlyList<string> files)
    {
        if (lines.Count == 0)
        {
            throw new BadInputException("there is no result yet: the run was stopped before its first result was complete");
        }

        var methods = MethodLines.Of(lines);
        var table = measure.Table(methods);
        var slices = slice.Count == 0 ? null : Slices(measure, settings, methods, slice);
        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["test"] = measure.Name,
                ["data"] = settings.Data,
                [settings.Kind.Plural] = settings.Units.Count,
                [$"finished_{settings.Kind.Plural}"] = lines.Count / settings.LinesPerUnit,
                ["explained"] = settings.Explained.ToString().ToLowerInvariant(),
                ["options"] = measure.Options,
                ["note"] = table.Note,
                ["results"] = JsonTable.ToJson(table),
                ["curves"] = Curves(measure, methods),
                ["ranking"] = JsonTable.ToJson(Rankings(measure, methods)),
                ["slices"] = slices is null ? null : JsonTable.ToJson(slices),
                ["cautions"] = new JsonObject(
                    [.. Cautions(methods).Select(each => KeyValuePair.Create(each.Method, (JsonNode?)each.Words))]),
                ["files"] = new JsonArray([.. files.Select(file => (JsonNode)file)]),
            });
            return;
        }

        session.Out.WriteLine(
            $"{measure.Name}, {settings.Data}, {lines.Count / settings.LinesPerUnit} of {settings.Count} "
                + $"{settings.Kind.Plural}{(settings.Shards > 1 ? $" (shard {settings.Shard}/{settings.Shards})" : "")}, explained: the "
                + $"{settings.Explained.ToString().ToLowerInvariant()} {settings.Kind.Answer}");
        session.Out.WriteLine();
        Write(session.Out, table);
        Paragraph.Write(session.Out, table.Note ?? "");
        foreach (var (method, words) in Cautions(methods))
        {
            Paragraph.Write(session.Out, $"{method}: {words}.");
        }

        foreach (var ranking in new[] { Rankings(measure, methods), slices }.OfType<ResultTable>())
        {
            session.Out.WriteLine();
            session.Out.WriteLine(ranking.Title);
            Write(session.Out, ranking);
        }

        foreach (var file in files)
        {
            session.Out.WriteLine($"wrote {file}");
        }
    }

    // Of each figure and model: the methods from best to worst, a place called only as far as paired intervals separate.
    private static ResultTable Rankings(IMeasure measure, IReadOnlyList<MethodLines> methods)
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

    /// <summary>What a reader should know of the methods in a table, each once, in the order of the table.</summary>
    internal static IEnumerable<(string Method, string Words)> Cautions(IReadOnlyList<MethodLines> methods)
        => methods.Select(method => method.Method).Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Of: AttributionMethods.All.FirstOrDefault(each => each.Name == name.Split('.', '+')[0])))
            .Where(each => each.Of?.Caution is not null && (!each.Of.HasModes || each.Name.Contains('.'))) // a transformer's has no form
            .Select(each => (each.Name, each.Of!.Caution!));

    private static ResultTable Slices(
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
                foreach (var slice in SliceReport.Of(figure.Measure(method), [.. method.Lines.Select(line => Key(line, column))]).Slices)
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

    /// <summary>The group of a case by a column.</summary>
    /// <exception cref="BadInputException">There is no such column.</exception>
    internal static string Key(ResultLine line, string column)
        => column switch
        {
            "label" => line.Label?.ToString(CultureInfo.InvariantCulture) ?? "none",
            "prediction" => line.Prediction.ToString(CultureInfo.InvariantCulture),
            _ => line.Columns.TryGetValue(column, out var value)
                ? value
                : throw new BadInputException(
                    $"--slice {column}: expected label, prediction or a column of the data; known are "
                        + $"{string.Join(", ", line.Columns.Keys.DefaultIfEmpty("none"))}"),
        };

    private static JsonArray Curves(IMeasure measure, IReadOnlyList<MethodLines> methods)
        => [.. measure.Curves(methods).Select(chart => new JsonObject
        {
            ["title"] = chart.Title,
            ["series"] = new JsonArray([.. chart.Series.Select(series => new JsonObject
            {
                ["name"] = series.Name,
                ["x"] = new JsonArray([.. series.Points.Select(point => (JsonNode)point.X)]),
                ["y"] = new JsonArray([.. series.Points.Select(point => (JsonNode)point.Y)]),
            })]),
        })];

    /// <summary>Prints a table as text, flush right where there are numbers.</summary>
    internal static void Write(TextWriter output, ResultTable table)
    {
        var text = new TextTable([
            .. table.Columns.Select(column =>
                (column.Kind == ResultKind.Text ? "" : " ") + column.Heading + (column.Unit is { } unit ? $", {unit}" : "")),
        ]);
        foreach (var row in table.Rows)
        {
            text.Add([.. row.Zip(table.Columns, Cell)]);
        }

        text.Write(output);
    }

    private static string Cell(ResultCell cell, ResultColumn column)
    {
        return cell.Kind switch
        {
            null => "",
            ResultKind.Text => cell.Words!,
            ResultKind.Count => cell.Things.ToString(CultureInfo.InvariantCulture),
            ResultKind.Interval => $"{Number(cell.Value)} ({Number(cell.Lower)} to {Number(cell.Upper)})",
            _ => Number(cell.Value),
        };

        string Number(double value) => (column.Factor * value).ToString($"F{column.Decimals}", CultureInfo.InvariantCulture);
    }
}
