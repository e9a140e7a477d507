using System.Globalization;
using Mambascope.Attribution;
using Mambascope.Evaluation.Runs;
using Mambascope.Imaging;
using Mambascope.Imaging.Reports;
using Mambascope.Models;

namespace Mambascope.Cli.Evaluating;

/// <summary>Some pictures of an evaluation with their maps, for a report.</summary>
internal static class ImageExamples
{
    // For each model the best, the middle and the worst image by the test's first figure of the last method that is no control.
    internal static void Add(HtmlReport report, IReadOnlyList<MethodLines> methods, OpenedImageEvaluation opened)
    {
        var figure = opened.Test.Figures[0];
        for (var m = 0; m < opened.Models.Count; m++)
        {
            var classifier = opened.Models[m];
            var own = opened.Methods[m].Where(method => method.Attribution is not null).ToArray();
            var lines = methods.FirstOrDefault(each => each.Model == classifier.Name && each.Method == own[^1].Name)?.Lines.OrderBy(line => (figure.IsHigherBetter ? -1 : 1) * figure.PerImage(line)).ThenBy(line => line.Index).ToArray() ?? [];
            if (lines.Length == 0)
            {
                continue;
            }

            var chosen = new[] { ("best", lines[0]), ("median", lines[lines.Length / 2]), ("worst", lines[^1]) };
            report.Section($"{classifier.Name}: best, median and worst image by {figure.Heading} of {own[^1].Name}")
                .Pictures([.. chosen.Select(entry => Picture(opened, classifier, own, entry.Item1, entry.Item2, figure))]);
        }
    }

    private static ReportPicture Picture(OpenedImageEvaluation opened, ImageClassifier classifier, TestMethod[] methods, string place, ResultLine line, TestFigure figure)
    {
        var model = EvaluationOptions.Tested(classifier);
        var input = model.Preprocessing.Apply(opened.Data.Read(line.Index).Image);
        using var run = classifier.Run<float>(input);
        using var decision = new Decision<float>(run.Trace, [line.Explained]);
        var panels = methods.Select(method =>
        {
            var (attribution, options) = method.Attribution!.Value;
            var map = attribution.Explain(decision, classifier.Model, options)[0];
            return new SheetPanel(attribution.Title, run.Image) { Note = method.Name, Map = new(map.Values, map.Rows, map.Columns) { Options = new() } };
        });
        var truth = line.Label is { } label ? $", true class {classifier.Labels[label]}" : "";
        var caption = string.Create(CultureInfo.InvariantCulture, $"{place}: {line.Id}, explained {classifier.Labels[line.Explained]}{truth}; {figure.Heading} {figure.PerImage(line):0.000}");
        var sheet = new Sheet(caption, [new("input", run.Image) { Note = "as the model sees it" }, .. panels]) { Columns = 1 + methods.Length };
        return new(sheet.Render(), caption, $"The picture and {methods.Length} maps over it, side by side.");
    }
}
