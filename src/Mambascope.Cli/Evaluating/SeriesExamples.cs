using System.Globalization;
using Mambascope.Application;
using Mambascope.Cli.Explanations;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.SeriesDatasets;
using Mambascope.Evaluation.Summaries;
using Mambascope.Imaging;
using Mambascope.Imaging.Reports;
using Mambascope.Inputs.Series;
using Mambascope.Models;

namespace Mambascope.Cli.Evaluating;

/// <summary>Some cases of an evaluation with their maps, for a report.</summary>
internal sealed class SeriesExamples(
    IMeasure measure, ISeriesDataset data, IReadOnlyList<SeriesModel> models, IReadOnlyList<IReadOnlyList<MeasuredMethod>> methods)
{
    /// <summary>
    /// For each model the best, the middle and the worst case by the measure's first figure of the method that does best by it.
    /// </summary>
    internal void AddTo(HtmlReport report, EvaluationSummary summary)
    {
        var figure = measure.Figures[0];
        var sign = figure.IsHigherBetter ? 1 : -1;
        for (var m = 0; m < models.Count; m++)
        {
            var (model, own) = (models[m], methods[m].Where(method => method.Attribution is not null).ToArray());
            var lines = figure.In(summary.Methods).Where(each => each.Model == model.Name && each.Lines.Count > 0)
                .ToDictionary(each => each.Method, each => each.Lines, StringComparer.Ordinal);
            if (own.Where(method => lines.ContainsKey(method.Name)).MaxBy(method => sign * lines[method.Name].Average(figure.PerCase))
                is not { } best)
            {
                continue;
            }

            var ordered = lines[best.Name].OrderByDescending(line => sign * figure.PerCase(line)).ThenBy(line => line.Index).ToArray();
            report.Section($"{model.Name}: best, median and worst case of {best.Name}").Pictures(
            [
                .. new[] { ("Best", ordered[0]), ("Median", ordered[ordered.Length / 2]), ("Worst", ordered[^1]) }
                    .Select(example => Picture(model, best, example.Item1, example.Item2, figure)),
            ]);
        }
    }

    private ReportPicture Picture(SeriesModel model, MeasuredMethod method, string place, ResultLine line, MeasureFigure figure)
    {
        var item = data.Read(line.Index);
        SeriesSubject subject = new(new(data.Name, model.Model.Format, [item.Case], []), item.Case);
        var (attribution, options) = method.Attribution!.Value;
        var why = Explaining.Explain<float>(model, subject, new()
        {
            Methods = [new(attribution, options)],
            Target = line.Explained.ToString(CultureInfo.InvariantCulture),
        });
        var truth = item.Truth is { Count: > 0 } steps ? $"; steps that matter: {steps[0]} to {steps[^1]}" : "";
        return new(
            SeriesSheet.Render(why, subject, new(Colors: null, MapRange.FromZero)),
            string.Create(CultureInfo.InvariantCulture, $"{place}: {line.Id}, {figure.Heading} {figure.PerCase(line):0.000}{truth}"),
            $"{method.Name} of {line.Id}");
    }
}
