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
    // Names come out of a file, which may be anybody's.
    private const int LongestCell = 200;

    /// <summary>Summarises a file of results on the streams.</summary>
    internal static void Print(Session session, string path, IReadOnlyList<string> slice)
    {
        var stored = ResultFile.Read(path);
        Print(session, MeasureRegistry.Read(stored.Settings), stored, slice, files: []);
    }

    /// <summary>Summarises a file of results on the streams and, when it is complete, as files beside it.</summary>
    /// <param name="session">Streams.</param>
    /// <param name="path">The file of results.</param>
    /// <param name="slice">Columns to cut by.</param>
    /// <param name="examples">Models and data, for the report's pictures or texts; null for a report without.</param>
    internal static void Deliver(Session session, string path, IReadOnlyList<string> slice, OpenedEvaluation? examples)
    {
        var stored = ResultFile.Read(path);
        var (settings, lines) = stored;
        RequireSome(stored);
        var measure = MeasureRegistry.Read(settings);
        var folder = Path.GetDirectoryName(path)!;
        var files = new List<string> { path };
        if (settings.Shards == 1)
        {
            var methods = MethodLines.Of(lines);
            var table = RecordCheck.Guarded(measure, lines, () => measure.Table(methods));
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
            var html = session.Progress.During("writing the report", () => RecordCheck.Guarded(measure, lines, () =>
                EvaluationReport.Create(measure, stored, methods, table, Rankings(measure, methods), slices, examples)));
            Interruption.Shield(() => html.Save(report));
            files.Add(report);
        }

        Print(session, measure, stored, slice, files);
    }

    /// <summary>Prints tables, or one JSON object.</summary>
    internal static void Print(
        Session session, IMeasure measure, StoredResults stored, IReadOnlyList<string> slice, IReadOnlyList<string> files)
    {
        RequireSome(stored);
        RecordCheck.Guarded(measure, stored.Lines, () =>
        {
            Write(session, measure, stored, slice, files);
            return files;
        });
    }

    /// <summary>How many cases were left out, and which, for people; null where none was.</summary>
    internal static string? LeftOut(StoredResults stored)
    {
        const int Shown = 5;
        var (count, kind) = (stored.LeftOut.Count, stored.Settings.Kind);
        return count == 0 ? null
            : $"{count} of {stored.Settings.UnitCount} {kind.Plural} could not be read and {(count == 1 ? "is" : "are")} left out: "
                + $"{string.Join("; ", stored.LeftOut.Take(Shown).Select(each => $"{OneLine.Of(each.LeftOut!, 200)}"))}"
                + $"{(count > Shown ? "; ..." : "")}";
    }

    // Methods some of whose maps did not converge, and how many maps.
    private static IEnumerable<(MethodLines Method, int Count)> Unconverged(IReadOnlyList<MethodLines> methods)
        => methods.Select(method => (method, method.Lines.Count(line => line.ConvergenceError > ResultLine.LargestError)))
            .Where(doubt => doubt.Item2 > 0);

    private static void RequireSome(StoredResults stored)
    {
        if (stored.Lines.Count == 0)
        {
            throw new BadInputException(
                LeftOut(stored) ?? "there is no result yet: the run was stopped before its first result was complete");
        }
    }

    private static void Write(
        Session session, IMeasure measure, StoredResults stored, IReadOnlyList<string> slice, IReadOnlyList<string> files)
    {
        var (settings, lines) = stored;
        var methods = MethodLines.Of(lines);
        var table = measure.Table(methods);
        var slices = slice.Count == 0 ? null : Slices(measure, settings, methods, slice);
        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["test"] = measure.Name,
                ["data"] = settings.Data,
                [settings.Kind.Plural] = settings.UnitCount,
                [$"finished_{settings.Kind.Plural}"] = lines.Count / settings.LinesPerUnit,
                ["explained"] = settings.Explained.ToString().ToLowerInvariant(),
                ["left_out"] = new JsonArray([.. stored.LeftOut.Select(each => new JsonObject
                {
                    [settings.Kind.Name] = each.Index,
                    ["id"] = each.Id,
                    ["reason"] = each.LeftOut,
                })]),
                ["unconverged"] = new JsonArray([.. Unconverged(methods).Select(doubt => new JsonObject
                {
                    ["model"] = doubt.Method.Model,
                    ["method"] = doubt.Method.Method,
                    ["maps"] = doubt.Count,
                })]),
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
            $"{measure.Name}, {OneLine.Of(settings.Data, LongestCell)}, {lines.Count / settings.LinesPerUnit} of {settings.Count} "
                + $"{settings.Kind.Plural}{(settings.Shards > 1 ? $" (shard {settings.Shard}/{settings.Shards})" : "")}, explained: the "
                + $"{settings.Explained.ToString().ToLowerInvariant()} {settings.Kind.Answer}");
        session.Out.WriteLine();
        Write(session.Out, table);
        Paragraph.Write(session.Out, table.Note ?? "");
        if (LeftOut(stored) is { } leftOut)
        {
            Paragraph.Write(session.Out, leftOut);
        }

        foreach (var doubt in Unconverged(methods))
        {
            Paragraph.Write(
                session.Out,
                $"{doubt.Count} of {doubt.Method.Lines.Count} maps of {doubt.Method.Name} miss the score's change by more than "
                    + $"{ResultLine.LargestError.ToString(CultureInfo.InvariantCulture)} of it (convergence error): "
                    + "its figures are not to be trusted");
        }

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
            ResultKind.Text => OneLine.Of(cell.Words!, LongestCell),
            ResultKind.Count => cell.Things.ToString(CultureInfo.InvariantCulture),
            ResultKind.Interval => $"{Number(cell.Value)} ({Number(cell.Lower)} to {Number(cell.Upper)})",
            _ => Number(cell.Value),
        };

        string Number(double value) => (column.Factor * value).ToString($"F{column.Decimals}", CultureInfo.InvariantCulture);
    }
}
