using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Imaging;
using Mambascope.Imaging.Reports;
using Mambascope.Models;

namespace Mambascope.Cli.Explanations;

/// <summary>One of many explained inputs, as far as it is kept: what a page, a line and a document say of it.</summary>
/// <param name="Input">What it is called.</param>
/// <param name="Label">The explained answer.</param>
/// <param name="Target">It with its probability or its number.</param>
/// <param name="Answer">The model's own answer, where another one is explained.</param>
/// <param name="Item">On the page.</param>
/// <param name="Json">For machines; null where nobody asks.</param>
internal sealed record ExplainedInput(string Input, string Label, Prediction Target, string? Answer, ReportItem Item, JsonObject? Json);

/// <summary>Many explanations as one page.</summary>
internal static class ExplanationCollection
{
    private const int Side = 224;

    /// <summary>What is kept of one.</summary>
    /// <param name="explanation">It.</param>
    /// <param name="colors">Colours of its maps.</param>
    /// <param name="isOriginal">Whether it is shown as a whole.</param>
    /// <param name="json">For machines; null where nobody asks.</param>
    internal static ExplainedInput Of<T>(Explanation<T> explanation, MapColors colors, bool isOriginal, JsonObject? json)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (target, answer) = (explanation.Target, explanation.Top(1)[0]);
        var label = explanation.Subject is TextSubject ? ReadText.Quote(target.Label, target.Index) : target.Label;
        var other = answer.Index == target.Index ? null : $"{answer.Label}, {answer.Amount}";
        var line = $"{label}, {target.Amount}{(other is null ? "" : $"; the model's answer: {other}")}";
        var name = explanation.Subject is PictureSubject picture ? picture.File : explanation.Subject.Name;
        var item = explanation.Subject is SeriesSubject series
            ? new ReportItem(name, line)
            {
                Pictures =
                [
                    new(
                        SeriesSheet.Render(explanation, series, colors), $"{series.Size}", $"Relevance of {series.Name} for {label}"),
                ],
            }
            : explanation.Subject is PictureSubject subject
            ? new ReportItem(name, line) { Pictures = Pictures(explanation, subject, colors, isOriginal) }
            : new ReportItem(name, line) { Texts = ExplanationPage.Texts(explanation) };
        return new(name, label, target, other, item, json);
    }

    /// <summary>The page of all.</summary>
    internal static HtmlReport Page(LoadedModelNames model, IReadOnlyList<ExplainedInput> inputs)
    {
        var report = new HtmlReport(
            $"{inputs.Count} inputs, as {model.Name} sees them",
            "Under each: the class that is explained, how likely the model holds it, and where it looked. Red speaks for it, blue against; "
                + "the deeper the colour, the more. Each map has a reach of its own.")
            .Fact("model", model.Name)
            .Fact("inputs", $"{inputs.Count}");
        if (model.Preprocessing is { } words)
        {
            report.Fact("preprocessing", words);
        }

        if (model.Because is { } because)
        {
            report.Fact("method", because);
        }

        report.Section("Explanations").Items(
            [.. inputs.Select(input => input.Item)],
            [
                ReportOrder.By("as given", inputs, _ => 0),
                .. inputs.All(input => input.Target.Value is not null)
                    ? (ReportOrder[])
                    [
                        ReportOrder.By("largest first", inputs, input => -input.Target.Value),
                        ReportOrder.By("smallest first", inputs, input => input.Target.Value),
                    ]
                    :
                    [
                        ReportOrder.By("by class, most certain first", inputs, input => (input.Label, -input.Target.Probability)),
                        ReportOrder.By("most certain first", inputs, input => -input.Target.Probability),
                        ReportOrder.By("least certain first", inputs, input => input.Target.Probability),
                    ],
                ReportOrder.By("by name", inputs, input => input.Input),
            ]);
        return report;
    }

    private static ReportPicture[] Pictures<T>(Explanation<T> explanation, PictureSubject subject, MapColors colors, bool isOriginal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var input = ExplanationSheet.Input(subject, "the model", isOriginal);
        return
        [
            new(input.Draw(Side), input.Note!, $"{subject.Name}"),
            .. explanation.Maps.Select(map =>
            {
                var panel = ExplanationSheet.Panel(explanation, map, subject, colors, isOriginal);
                var scale = panel.Map!.Scale;
                var reach = scale.Degenerate is null ? FormattableString.Invariant($"; ends at {scale.Maximum:G3}") : "";
                return new ReportPicture(
                    panel.Draw(Side),
                    $"{panel.Caption}: {panel.Note}{reach}",
                    $"{panel.Caption} of {subject.Name} for {explanation.Target.Label}");
            }),
        ];
    }
}

/// <summary>What a page of many explanations says of the model.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Preprocessing">What is done to every picture; null for text.</param>
/// <param name="Because">Why it is explained so, where no method was named.</param>
internal sealed record LoadedModelNames(string Name, string? Preprocessing, string? Because);
