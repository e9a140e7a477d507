using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Evaluation.Summaries;
using Mambascope.Imaging;
using Mambascope.Imaging.Reports;
using Mambascope.Models;

namespace Mambascope.Cli.Evaluating;

/// <summary>Some pictures of an evaluation with their maps, for a report.</summary>
internal sealed class PictureExamples(
    IMeasure measure, IImageDataset data, IReadOnlyList<ImageClassifier> models, IReadOnlyList<IReadOnlyList<MeasuredMethod>> methods)
{
    // For each model the best, the middle and the worst image by the measure's first figure of the last method that is no control.
    internal void AddTo(HtmlReport report, EvaluationSummary summary)
    {
        var measured = summary.Methods;
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
                .Pictures([.. chosen.Select(entry => Picture(
                    classifier, own, entry.Item2, $"{entry.Item1}: {entry.Item2.Id}", ExampleFigure.Of(summary, figure, entry.Item2)))]);
        }
    }

    // Where the object is known it is outlined; where maps are measured as masks, those masks are shown below them.
    private ReportPicture Picture(ImageClassifier classifier, MeasuredMethod[] own, ResultLine line, string place, string figure)
    {
        var side = classifier.Model.Grid.ImageHeight;
        var source = data.Read(line.Index);
        var input = PictureModel.Squashed(classifier.Preprocessing, side).Apply(source.Image);
        var mask = source.Mask is { } known
            ? MaskResize.Nearest(known, source.Image.Height, source.Image.Width, input.Height, input.Width)
            : null;
        using var run = classifier.Run<float>(input);
        using var decision = new Decision<float>(run.Trace, [line.Explained]);
        var maps = own.Select(method =>
            (method.Name, method.Attribution!.Value.Method.Title,
                Map: method.Attribution!.Value.Method.Explain(decision, classifier.Model, method.Attribution.Value.Options)[0])).ToArray();
        SheetPanel[] panels =
        [
            new("input", run.Image) { Note = mask is null ? "as the model sees it" : "the object is outlined", Outline = mask },
            .. maps.Select(each => new SheetPanel(each.Title, run.Image)
            {
                Note = each.Name,
                Map = new(each.Map.Values, each.Map.Rows, each.Map.Columns) { Options = new() },
                Outline = mask,
            }),
            .. mask is null || measure is not SegmentationMeasure
                ? []
                : maps.Select(each => Foreground(
                        "foreground", each.Name, PseudoMask.Of(each.Map, mask.Height, mask.Width, MapThreshold.Mean), mask))
                    .Prepend(Foreground("true mask", "what a map is held against", mask, mask)),
        ];
        var truth = line.Label is { } label ? $", true class {classifier.Labels[label]}" : "";
        var caption = $"{place}, explained {classifier.Labels[line.Explained]}{truth}; {figure}";
        var sheet = new Sheet(caption, panels) { Columns = 1 + own.Length };
        return new(sheet.Render(), caption, $"The picture and {own.Length} maps over it, side by side.");
    }

    // White on black, with the outline of the true object.
    private static SheetPanel Foreground(string caption, string note, ObjectMask foreground, ObjectMask truth)
        => new(caption, new(foreground.Width, foreground.Height, [.. foreground.Values.SelectMany(value => Enumerable.Repeat(
            value != 0 ? byte.MaxValue : byte.MinValue, 3))]))
        {
            Note = note,
            Outline = truth,
        };
}
