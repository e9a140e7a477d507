using System.Globalization;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Imaging.Reports;

namespace Mambascope.Cli.Evaluating;

/// <summary>An evaluation as one page to read in a browser.</summary>
internal static class EvaluationReport
{
    internal static HtmlReport Create(
        IMeasure measure,
        StoredResults stored,
        IReadOnlyList<MethodLines> methods,
        ResultTable table,
        ResultTable ranking,
        ResultTable? slices,
        OpenedEvaluation? examples)
    {
        var settings = stored.Settings;
        var report = new HtmlReport(
            $"{table.Title}: {string.Join(" and ", settings.Models.Select(model => model.Name))}", measure.Description)
            .Fact("data", settings.Data)
            .Fact(settings.Kind.Plural, settings.Count.ToString(CultureInfo.InvariantCulture))
            .Fact(
                $"explained {settings.Kind.Answer}",
                settings.Explained == ExplainedClass.Predicted ? "the model's answer" : $"the true {settings.Kind.Answer}")
            .Fact("seed", settings.Seed.ToString(CultureInfo.InvariantCulture));
        if (measure.Options.Count > 0)
        {
            report.Fact(
                "settings", string.Join(", ", measure.Options.Select(option => $"{option.Key} {option.Value?.ToJsonString().Trim('"')}")));
        }

        if (Summaries.LeftOut(stored) is { } leftOut)
        {
            report.Fact("left out", leftOut);
        }

        foreach (var model in settings.Models)
        {
            report.Fact($"weights of {model.Name}", model.Weights);
        }

        var results = report.Section("Results").Table(table);
        foreach (var (method, words) in Summaries.Cautions(methods))
        {
            results.Text($"{method}: {words}.");
        }

        foreach (var chart in measure.Curves(methods))
        {
            report
                .Section(chart.Title)
                .Chart(
                    new(
                        chart.Title,
                        new(chart.XLabel),
                        new(chart.YLabel) { Minimum = chart.YMinimum, Maximum = chart.YMaximum },
                        [
                            .. chart.Series.Select(series => new ChartSeries(
                                series.Name,
                                [.. series.Points.Select(point => new ChartPoint(point.X, point.Y))])),
                        ]));
        }

        report.Section("Ranking").Table(ranking);
        if (slices is not null)
        {
            report.Section("Slices").Table(slices);
        }

        examples?.AddExamples(report, methods);
        return report;
    }
}
