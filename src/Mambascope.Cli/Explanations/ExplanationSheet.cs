using System.Numerics;
using Mambascope.Application;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;

namespace Mambascope.Cli.Explanations;

/// <summary>An explanation of a picture as one picture: the input, then a panel for every method.</summary>
internal static class ExplanationSheet
{
    private const int WidestRow = 4;

    internal static RgbImage Render<T>(Explanation<T> explanation, PictureSubject subject, ColorMap colors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var image = subject.Input.Image;
        SheetPanel[] all = [new("input", image) { Note = $"as the model sees it, {image.Width} × {image.Height}" }, .. Panels(explanation, image, colors)];
        var mode = explanation.Maps.FirstOrDefault(map => map.Method.HasModes) is { } form ? $" · mode {form.Options.Mode.ToString().ToLowerInvariant()}" : "";
        return new Sheet($"{explanation.Target.Label}, {explanation.Target.Probability * 100:0.0} %", all)
        {
            Subtitle = $"{subject.Name} · {explanation.Model.Name}{mode} · {explanation.TokenName}",
            Columns = all.Length <= WidestRow ? all.Length : Math.Min(WidestRow, (all.Length + 1) / 2),
        }.Render();
    }

    /// <summary>A panel for every method.</summary>
    internal static IEnumerable<SheetPanel> Panels<T>(Explanation<T> explanation, RgbImage image, ColorMap colors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => explanation.Maps.Select(found => new SheetPanel(found.Method.Title, image)
        {
            Note = found.NoteOnPicture(),
            Map = new([.. found.Map.Values.Select(float.CreateTruncating)], found.Map.Rows, found.Map.Columns) { Options = new() { ColorMap = colors } },
        });
}
