using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;

namespace Mambascope.Cli;

/// <summary>An explanation as one picture: the input, then a panel for every method.</summary>
internal static class ExplanationSheet
{
    private const int WidestRow = 4;

    internal static RgbImage Render<T>(Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var request = explanation.Request;
        var image = explanation.Run.Image;
        var panels = explanation.Panels.Select(panel => new SheetPanel(panel.Method.Title, image)
        {
            Note = panel.Map.Degenerate ?? string.Join(", ", [Note(panel.Method, request), .. ExplanationReport.Diagnostics(panel.Map)]),
            Map = new([.. panel.Map.Values.Select(float.CreateTruncating)], panel.Map.Rows, panel.Map.Columns) { Options = new() { ColorMap = request.Colors } },
        });
        SheetPanel[] all = [new("input", image) { Note = $"as the model sees it, {image.Width} × {image.Height}" }, .. panels];
        var modes = request.Methods.Any(method => method.HasModes) ? $" · mode {request.Options.Mode.ToString().ToLowerInvariant()}" : "";
        return new Sheet($"{explanation.Target.Label}, {explanation.Target.Probability * 100:0.0} %", all)
        {
            Subtitle = $"{Path.GetFileName(request.Input)} · {explanation.Run.Classifier.Name}{modes} · {explanation.TokenName}",
            Columns = all.Length <= WidestRow ? all.Length : Math.Min(WidestRow, (all.Length + 1) / 2),
        }.Render();
    }

    private static string Note(AttributionMethod method, ExplainRequest request)
        => $"{(method.Form(request.Options) is { } form ? form + ", " : "")}{(method.IsClassSpecific ? "for this class" : "same for every class")}";
}
