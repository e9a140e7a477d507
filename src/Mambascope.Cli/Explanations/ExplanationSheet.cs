using System.Numerics;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;

namespace Mambascope.Cli.Explanations;

/// <summary>An explanation of a picture as one picture: the input, then a panel for every method.</summary>
internal static class ExplanationSheet
{
    private const int WidestRow = 4;

    internal static RgbImage Render<T>(Explanation<T> explanation, PictureSubject subject, MapColors colors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var image = subject.Input.Image;
        SheetPanel[] all =
        [
            new("input", image) { Note = $"as the model sees it, {image.Width} × {image.Height}" },
            .. Panels(explanation, image, colors),
        ];
        var mode = explanation.Maps.FirstOrDefault(map => map.Method.HasModes) is { } form
            ? $" · mode {form.Options.Mode.ToString().ToLowerInvariant()}"
            : "";
        var answer = explanation.Top(1)[0];
        var other =
            answer.Index == explanation.Target.Index ? "" : $" · the model's answer: {answer.Label}, {answer.Probability * 100:0.0} %";
        return new Sheet($"{explanation.Target.Label}, {explanation.Target.Probability * 100:0.0} %{other}", all)
        {
            Subtitle = $"{subject.Name} · {explanation.Model.Name}{mode} · {explanation.TokenName}",
            Footer = PreprocessingReport.Words(subject),
            Columns = all.Length <= WidestRow ? all.Length : Math.Min(WidestRow, (all.Length + 1) / 2),
        }.Render();
    }

    /// <summary>A panel for every method.</summary>
    internal static IEnumerable<SheetPanel> Panels<T>(Explanation<T> explanation, RgbImage image, MapColors colors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => explanation.Maps.Select(found => new SheetPanel(found.Method.Title, image)
        {
            Note = found.NoteOnPicture(),
            Map = new([.. found.Map.Values.Select(float.CreateTruncating)], found.Map.Rows, found.Map.Columns)
            {
                Options = colors.Options,
                Words = Words(found.Method, explanation),
            },
        });

    // What the ends of the colours mean: a map that is the same for every class speaks for none.
    private static ScaleWords Words<T>(AttributionMethod method, Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => method.IsClassSpecific
            ? new($"for {explanation.Target.Label}", $"against {explanation.Target.Label}")
            : new("more attention", "negative");
}
