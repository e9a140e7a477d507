using System.Globalization;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Summaries;
using Mambascope.Imaging.Reports;

namespace Mambascope.Cli.Evaluating;

/// <summary>An evaluation as one page to read in a browser.</summary>
internal static class EvaluationReport
{
    internal static HtmlReport Create(EvaluationSummary summary, OpenedEvaluation? examples)
    {
        var (settings, measure) = (summary.Stored.Settings, summary.Measure);
        var report = new HtmlReport(
            $"{summary.Table.Title}: {string.Join(" and ", settings.Models.Select(model => model.Name))}", measure.Description)
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

        if (summary.LeftOut is { } leftOut)
        {
            report.Fact("left out", leftOut);
        }

        foreach (var model in settings.Models)
        {
            report.Fact($"weights of {model.Name}", model.Weights);
        }

        report.Section("Results").Table(summary.Table);

        // One question a section, and in it a chart a model, in which a method has the same colour everywhere.
        foreach (var question in summary.CurvesByModel.GroupBy(each => each.Chart.Key, StringComparer.Ordinal))
        {
            var section = report.Section(question.First().Chart.Title);
            foreach (var (model, chart) in question)
            {
                section.Chart(Chart(model, chart));
            }
        }

        var ranking = report.Section("Ranking");
        foreach (var table in summary.Rankings)
        {
            ranking.Table(table);
        }

        if (summary.Slices is { } slices)
        {
            report.Section("Slices").Table(slices);
        }

        examples?.AddExamples(report, summary);
        return report;
    }

    private static LineChart Chart(string model, MeasureCurves chart)
        => new(
            $"{chart.Title}, {model}",
            new(chart.XLabel),
            new(chart.YLabel) { Minimum = chart.YMinimum, Maximum = chart.YMaximum },
            [
                .. chart.Series.Select(series => new ChartSeries(
                    series.Name, [.. series.Points.Select(point => new ChartPoint(point.X, point.Y))])),
            ]);
}
