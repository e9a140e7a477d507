using System.Globalization;
using Mambascope.Evaluation;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Statistics;
using Mambascope.Evaluation.Summaries;
using Mambascope.Imaging.Reports;

namespace Mambascope.Cli.Evaluating;

/// <summary>An audit as one page that somebody reads who knows the groups and not the methods.</summary>
internal static class AuditReport
{
    internal static HtmlReport Create(EvaluationSettings settings, IReadOnlyList<MethodLines> methods, IReadOnlyList<string> columns)
    {
        var measure = MeasureRegistry.Read(settings);
        var found = columns.SelectMany(column => Groups(measure, methods, column)).ToArray();
        var within = AuditWithinClasses.Of(measure, methods, columns);
        var report = new HtmlReport(
            $"Audit: {string.Join(" and ", settings.Models.Select(model => model.Name))}",
            "Is the model as accurate, as sure of itself and as robust for every group, and do its explanations look at the object in "
                + "all of them?")
            .Fact("data", settings.Data)
            .Fact("pictures", settings.Count.ToString(CultureInfo.InvariantCulture))
            .Fact("groups by", columns.Count == 0 ? "nothing: give --columns or --slice" : string.Join(", ", columns));
        foreach (var model in settings.Models)
        {
            report.Fact($"weights of {model.Name}", model.Weights);
        }

        var summary = report.Section("In short");
        string[] sentences = [.. found.Where(group => group.Slice.IsSeparated).Select(Sentence)];
        summary.Text(sentences.Length > 0
            ? $"{sentences.Length} of {found.Length} comparisons of a group with all other pictures are separated by their 95 % "
                + $"intervals; by chance alone about {found.Length / 20.0:0.#} would be."
            : $"None of {found.Length} comparisons of a group with all other pictures is separated by its 95 % interval. That is no "
                + "proof of equality: small groups have wide intervals.");
        foreach (var sentence in sentences)
        {
            summary.Text(sentence);
        }

        if (within.Count > 0)
        {
            summary.Text(AuditWithinClasses.InShort(within));
            foreach (var finding in within.Where(finding => finding.IsOfAccuracy && finding.Of.IsSeparated))
            {
                summary.Text(finding.ToString());
            }
        }

        report.Section("All pictures").Table(MethodCautions.In(measure.Table(methods), measure.Kind));
        foreach (var column in columns)
        {
            report.Section($"By {column}").Table(Table(column, [.. found.Where(group => group.Column == column)]));
        }

        foreach (var column in within.Select(finding => finding.Column).Distinct(StringComparer.Ordinal))
        {
            report.Section($"By {column}, within each class")
                .Table(AuditWithinClasses.Table(column, [.. within.Where(finding => finding.Column == column)]));
        }

        report.Section("How to read it").Text(
            "A difference is the group's figure minus that of all other pictures, with the 95 % interval of a bootstrap over pictures; "
                + "it is called separated where the interval leaves 0 out and the group has six pictures or more. A group that differs may "
                + "differ for a reason that is no fault of the model, such as harder pictures; within each class it stands beside pictures "
                + "of the same class only, where a difference in accuracy says that the model goes by the column, or by what comes with "
                + "it. Calibration error (ECE): how far the "
                + "model's confidence is from its accuracy; it cannot be below 0 and is larger for few pictures by chance. Accuracy on "
                + "changed copies: the "
                + "same pictures with slight noise. Negative AUC: accuracy while what the explanation calls irrelevant turns black; higher "
                + "is better. Positive AUC: while the relevant turns black; lower is better. Max-sensitivity: how far the explanation "
                + "moves under that noise; lower is better. Relevance outside the object: where much of it lies elsewhere, the model may "
                + "go by a mark, a border or a background. Relevance on the mark's place: its share where a mark stands or may stand; "
                + "pictures without the mark say how much would lie there anyway.");
        return report;
    }

    // Figures of the model alone are the same for every method and told once.
    private static IEnumerable<Group> Groups(IMeasure measure, IReadOnlyList<MethodLines> methods, string column)
        => measure.Figures.SelectMany(figure => figure.In(methods)
            .GroupBy(method => method.Model, StringComparer.Ordinal)
            .SelectMany(own => AuditMeasure.IsOfModel(figure) ? own.Take(1) : own)
            .SelectMany(method => SliceReport
                .Of(figure.Measure(method), [.. method.Lines.Select(line => SliceTable.Group(line, column))])
                .Slices.Select(slice => new Group(column, figure, method, slice))));

    private static ResultTable Table(string column, IReadOnlyList<Group> groups)
    {
        var table = new ResultTable(
            $"By {column}",
            new("figure", ResultKind.Text), new("model", ResultKind.Text), new("method", ResultKind.Text),
            new("group", ResultKind.Text) { Heading = column }, new("images", ResultKind.Count),
            new("value", ResultKind.Interval) { Decimals = 3 },
            new("against_rest", ResultKind.Interval) { Heading = "minus all others", Decimals = 3 },
            new("separated", ResultKind.Text));
        foreach (var group in groups)
        {
            table.Add(
                ResultCell.Text(group.Figure.Heading),
                ResultCell.Text(group.Method.Model),
                ResultCell.Text(AuditMeasure.IsOfModel(group.Figure) ? "" : group.Method.Method),
                ResultCell.Text(group.Slice.Key),
                ResultCell.Count(group.Slice.Value.Count),
                ResultCell.Interval(group.Slice.Value),
                group.Slice.AgainstRest is { } rest ? ResultCell.Interval(rest) : ResultCell.Missing,
                ResultCell.Text(group.Slice.IsSeparated ? "yes" : ""));
        }

        return table;
    }

    private static string Sentence(Group group)
    {
        var (rest, value) = (group.Slice.AgainstRest!.Value, group.Slice.Value);
        var isBetter = rest.Mean > 0 == group.Figure.IsHigherBetter;
        var of = AuditMeasure.IsOfModel(group.Figure) ? group.Method.Model : group.Method.Name;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{group.Column} {group.Slice.Key} ({value.Count} pictures): {group.Figure.Heading} of {of} is {value.Mean:0.###}, "
                + $"{Math.Abs(rest.Mean):0.###} {(rest.Mean > 0 ? "higher" : "lower")} than elsewhere ({rest.Lower:0.###} to "
                + $"{rest.Upper:0.###}), which is {(isBetter ? "better" : "worse")}.");
    }

    private sealed record Group(string Column, MeasureFigure Figure, MethodLines Method, Slice Slice);
}
