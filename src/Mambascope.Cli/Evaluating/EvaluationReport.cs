using System.Globalization;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Runs;
using Mambascope.Imaging.Reports;

namespace Mambascope.Cli.Evaluating;

/// <summary>An evaluation as one page to read in a browser.</summary>
internal static class EvaluationReport
{
    internal static HtmlReport Create(
        IEvaluationTest test, EvaluationSettings settings, IReadOnlyList<MethodLines> methods, ResultTable table, ResultTable ranking, ResultTable? slices, OpenedEvaluation? examples)
    {
        var isOfImages = settings.Unit == EvaluationUnit.Image;
        var report = new HtmlReport($"{table.Title}: {string.Join(" and ", settings.Models.Select(model => model.Name))}", test.Description)
            .Fact("data", settings.Data)
            .Fact(settings.UnitName + "s", settings.Count.ToString(CultureInfo.InvariantCulture))
            .Fact(isOfImages ? "explained class" : "explained token", settings.Explained == ExplainedClass.Predicted ? "the model's answer" : isOfImages ? "the true class" : "the true token")
            .Fact("seed", settings.Seed.ToString(CultureInfo.InvariantCulture));
        if (test.Options.Count > 0)
        {
            report.Fact("settings", string.Join(", ", test.Options.Select(option => $"{option.Key} {option.Value?.ToJsonString().Trim('"')}")));
        }

        foreach (var model in settings.Models)
        {
            report.Fact($"weights of {model.Name}", model.Weights);
        }

        report.Section("Results").Table(table);
        foreach (var chart in test.Curves(methods))
        {
            report.Section(chart.Title).Chart(new(
                chart.Title, new(chart.XLabel), new(chart.YLabel) { Minimum = chart.YMinimum, Maximum = chart.YMaximum },
                [.. chart.Series.Select(series => new ChartSeries(series.Name, [.. series.Points.Select(point => new ChartPoint(point.X, point.Y))]))]));
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
