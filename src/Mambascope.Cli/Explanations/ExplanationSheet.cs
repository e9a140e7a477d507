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

    internal static RgbImage Render<T>(Explanation<T> explanation, PictureSubject subject, MapColors colors, bool isOriginal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        SheetPanel[] all = [.. Panels(explanation, subject, colors, isOriginal).Prepend(Input(subject, "the model", isOriginal))];
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

    /// <summary>The picture without a map.</summary>
    /// <param name="subject">The picture.</param>
    /// <param name="who">Who sees it.</param>
    /// <param name="isOriginal">Whether it is shown as a whole.</param>
    internal static SheetPanel Input(PictureSubject subject, string who, bool isOriginal)
    {
        var shown = Shown(subject, isOriginal);
        var transform = subject.Input.Transform;
        return new("input", shown)
        {
            Note = !isOriginal ? $"as {who} sees it, {shown.Width} × {shown.Height}"
                : transform.IsWhole ? $"the original, {shown.Width} × {shown.Height}"
                : $"the original, {shown.Width} × {shown.Height}; in the frame what {who} sees",
            Transform = isOriginal ? transform : null,
        };
    }

    /// <summary>A panel for every method.</summary>
    internal static IEnumerable<SheetPanel> Panels<T>(
        Explanation<T> explanation, PictureSubject subject, MapColors colors, bool isOriginal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => explanation.Maps.Select(found => Panel(explanation, found, subject, colors, isOriginal));

    /// <summary>The panel of one map.</summary>
    internal static SheetPanel Panel<T>(
        Explanation<T> explanation, MethodMap<T> found, PictureSubject subject, MapColors colors, bool isOriginal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(found.Method.Title, Shown(subject, isOriginal))
        {
            Transform = isOriginal ? subject.Input.Transform : null,
            Note = found.NoteOnPicture(explanation),
            Map = new([.. found.Map.Values.Select(float.CreateTruncating)], found.Map.Rows, found.Map.Columns)
            {
                Options = colors.Options,
                Words = Words(found.Method, explanation),
            },
        };

    private static RgbImage Shown(PictureSubject subject, bool isOriginal) => isOriginal ? subject.Original! : subject.Input.Image;

    // What the ends of the colours mean: a map that is the same for every class speaks for none.
    private static ScaleWords Words<T>(AttributionMethod method, Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => method.IsClassSpecific
            ? new($"for {explanation.Target.Label}", $"against {explanation.Target.Label}")
            : new("more attention", "negative");
}
