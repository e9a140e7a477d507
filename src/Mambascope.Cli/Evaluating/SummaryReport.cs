using System.Globalization;
using System.Text.Json.Nodes;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Summaries;

namespace Mambascope.Cli.Evaluating;

/// <summary>A summary on the streams, and as files beside the results.</summary>
internal static class SummaryReport
{
    // Names come out of a file, which may be anybody's.
    private const int LongestCell = 200;

    /// <summary>Summarises a file of results on the streams and, when it is complete, as files beside it.</summary>
    /// <param name="session">Streams.</param>
    /// <param name="path">The file of results.</param>
    /// <param name="slice">Columns to cut by.</param>
    /// <param name="examples">Models and data, for the report's pictures or texts; null for a report without.</param>
    internal static void Deliver(Session session, string path, IReadOnlyList<string> slice, OpenedEvaluation? examples)
    {
        var summary = EvaluationSummary.Read(path, slice);
        var folder = Path.GetDirectoryName(path)!;
        var files = new List<string> { path };
        if (summary.Stored.Settings.Shards == 1)
        {
            var name = Path.Combine(folder, summary.Measure.Name);
            Interruption.Shield(() =>
            {
                CsvTable.Save(summary.Table, name + ".csv");
                JsonTable.Save(summary.Table, name + ".json");
                ParquetTable.Save(summary.Table, name + ".parquet");
            });
            files.AddRange([name + ".csv", name + ".json", name + ".parquet"]);
            if (summary.Slices is { } slices)
            {
                Interruption.Shield(() => CsvTable.Save(slices, name + ".slices.csv"));
                files.Add(name + ".slices.csv");
            }

            var report = Path.Combine(folder, "report.html");
            var html = session.Progress.During("writing the report", () => EvaluationReport.Create(summary, examples));
            Interruption.Shield(() => html.Save(report));
            files.Add(report);
        }

        Print(session, summary, files);
    }

    /// <summary>Prints tables, or one JSON object.</summary>
    internal static void Print(Session session, EvaluationSummary summary, IReadOnlyList<string> files)
    {
        if (session.Json)
        {
            var document = summary.ToJson();
            document["files"] = new JsonArray([.. files.Select(file => (JsonNode)file)]);
            session.WriteJson(document);
            return;
        }

        var (settings, lines) = summary.Stored;
        session.Out.WriteLine(
            $"{summary.Measure.Name}, {OneLine.Of(settings.Data, LongestCell)}, {lines.Count / settings.LinesPerUnit} of {settings.Count} "
                + $"{settings.Kind.Plural}{(settings.Shards > 1 ? $" (shard {settings.Shard}/{settings.Shards})" : "")}, explained: the "
                + $"{settings.Explained.ToString().ToLowerInvariant()} {settings.Kind.Answer}");
        session.Out.WriteLine();
        Write(session.Out, summary.Table);
        Paragraph.Write(session.Out, summary.Table.Note ?? "");
        if (summary.LeftOut is { } leftOut)
        {
            Paragraph.Write(session.Out, leftOut);
        }

        foreach (var doubt in summary.Unconverged)
        {
            Paragraph.Write(
                session.Out,
                $"{doubt.Count} of {doubt.Method.Lines.Count} maps of {doubt.Method.Name} miss the score's change by more than "
                    + $"{ResultLine.LargestError.ToString(CultureInfo.InvariantCulture)} of it (convergence error): "
                    + "its figures are not to be trusted");
        }

        foreach (var below in summary.Rankings.Append(summary.Slices).OfType<ResultTable>())
        {
            session.Out.WriteLine();
            session.Out.WriteLine(below.Title);
            Write(session.Out, below);
        }

        foreach (var file in files)
        {
            session.Out.WriteLine($"wrote {file}");
        }
    }

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

        string Number(double value) => (column.Factor * value).ToString($"F{column.ShownDecimals}", CultureInfo.InvariantCulture);
    }
}
