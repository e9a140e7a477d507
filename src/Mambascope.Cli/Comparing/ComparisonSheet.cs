using System.Numerics;
using Mambascope.Cli.Explanations;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;

namespace Mambascope.Cli.Comparing;

/// <summary>The maps of a comparison as one picture: a row for each model, a column for each method.</summary>
internal static class ComparisonSheet
{
    internal static RgbImage Render<T>(CompareRequest request, IReadOnlyList<ComparedModel<T>> models)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var explained = request.Target is null ? "Each row explains that model's own answer" : "Each row explains the class named there";
        return new Sheet(
            $"{Path.GetFileName(request.Input.Path)}, as {Listed([.. models.Select(model => model.Name)])} see it",
            [.. models.SelectMany(model => Row(request, model))])
        {
            Subtitle =
                $"Headings: the model, its answer, how sure it is. {explained}. Colours show how relevant each patch was to it, the "
                    + "stronger the more; each map has its own reach.",
            Columns = 1 + models[0].Columns.Count,
            Footer = Preprocessed(models),
            RowTitles = [.. models.Select(Heading)],
            Bars = SheetBars.Shared,
        }.Render();
    }

    // In one line where all models are given the same.
    private static string Preprocessed<T>(IReadOnlyList<ComparedModel<T>> models)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string[] words = [.. models.Select(model => PreprocessingReport.Words(model.Picture))];
        return words.Distinct(StringComparer.Ordinal).Count() == 1
            ? words[0]
            : string.Join(". ", models.Zip(words, (model, each) => $"{model.Name}: {each}"));
    }

    /// <summary>"a and b", "a, b and c".</summary>
    internal static string Listed(IReadOnlyList<string> names)
        => names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";

    private static SheetRowTitle Heading<T>(ComparedModel<T> model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (answer, target) = (model.Answer, model.Explanation.Target);
        var other = target.Index == answer.Index ? "" : $" · explained: {target.Label}, {Percent(target.Probability)}";
        return new($"{model.Name}: {answer.Label}, {Percent(answer.Probability)}", model.Kind + other);
    }

    private static IEnumerable<SheetPanel> Row<T>(CompareRequest request, ComparedModel<T> model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (picture, isOriginal) = (model.Picture, request.Files.IsOriginal);
        return model.Columns
            .Select(column => column.Map is { } map
                ? ForAnyClass(ExplanationSheet.Panel(model.Explanation, map, picture, request.Colors, isOriginal))
                : Empty(column.Asked, model))
            .Prepend(ExplanationSheet.Input(picture, model.Name, isOriginal));
    }

    // One bar stands for all maps, whatever class each explains.
    private static SheetPanel ForAnyClass(SheetPanel panel)
        => panel with { Map = panel.Map! with { Words = new("for the class explained", "against it") } };

    private static SheetPanel Empty<T>(string asked, ComparedModel<T> model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(asked, new(1, 1, [byte.MaxValue, byte.MaxValue, byte.MaxValue]))
        {
            Note = asked.Length > 0 ? $"not for {model.Classifier.Model.Shape.Words}" : null,
        };

    private static string Percent(double probability) => FormattableString.Invariant($"{100 * probability:0.0} %");
}
