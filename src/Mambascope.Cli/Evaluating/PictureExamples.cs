using System.Globalization;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Results;
using Mambascope.Imaging;
using Mambascope.Imaging.Reports;
using Mambascope.Models;

namespace Mambascope.Cli.Evaluating;

/// <summary>Some pictures of an evaluation with their maps, for a report.</summary>
internal sealed class PictureExamples(
    IMeasure measure, IImageDataset data, IReadOnlyList<ImageClassifier> models, IReadOnlyList<IReadOnlyList<MeasuredMethod>> methods)
{
    // For each model the best, the middle and the worst image by the measure's first figure of the last method that is no control.
    internal void AddTo(HtmlReport report, IReadOnlyList<MethodLines> measured)
    {
        var figure = measure.Figures[0];
        for (var m = 0; m < models.Count; m++)
        {
            var classifier = models[m];
            var own = methods[m].Where(method => method.Attribution is not null).ToArray();
            var sign = figure.IsHigherBetter ? -1 : 1;
            var lines = measured.FirstOrDefault(each => each.Model == classifier.Name && each.Method == own[^1].Name)?.Lines
                .OrderBy(line => sign * figure.PerCase(line)).ThenBy(line => line.Index).ToArray() ?? [];
            if (lines.Length == 0)
            {
                continue;
            }

            var chosen = new[] { ("best", lines[0]), ("median", lines[lines.Length / 2]), ("worst", lines[^1]) };
            report.Section($"{classifier.Name}: best, median and worst image by {figure.Heading} of {own[^1].Name}")
                .Pictures([.. chosen.Select(entry => Picture(classifier, own, entry.Item1, entry.Item2, figure))]);
        }
    }

    private ReportPicture Picture(ImageClassifier classifier, MeasuredMethod[] own, string place, ResultLine line, MeasureFigure figure)
    {
        var preprocessing = PictureModel.Squashed(classifier.Preprocessing, classifier.Model.Grid.ImageHeight);
        var input = preprocessing.Apply(data.Read(line.Index).Image);
        using var run = classifier.Run<float>(input);
        using var decision = new Decision<float>(run.Trace, [line.Explained]);
        var panels = own.Select(method =>
        {
            var (attribution, options) = method.Attribution!.Value;
            var map = attribution.Explain(decision, classifier.Model, options)[0];
            return new SheetPanel(attribution.Title, run.Image)
            {
                Note = method.Name,
                Map = new(map.Values, map.Rows, map.Columns) { Options = new() },
            };
        });
        var truth = line.Label is { } label ? $", true class {classifier.Labels[label]}" : "";
        var caption = string.Create(
            CultureInfo.InvariantCulture,
            $"{place}: {line.Id}, explained {classifier.Labels[line.Explained]}{truth}; {figure.Heading} {figure.PerCase(line):0.000}");
        var sheet = new Sheet(caption, [new("input", run.Image) { Note = "as the model sees it" }, .. panels]) { Columns = 1 + own.Length };
        return new(sheet.Render(), caption, $"The picture and {own.Length} maps over it, side by side.");
    }
}
