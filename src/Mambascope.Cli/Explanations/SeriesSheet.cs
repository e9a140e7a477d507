using System.Numerics;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Mambascope.Models;

namespace Mambascope.Cli.Explanations;

/// <summary>An explanation of a series or of a row of a table as a picture: curves over strips of relevance, or bars.</summary>
internal static class SeriesSheet
{
    internal static RgbImage Render<T>(Explanation<T> explanation, SeriesSubject subject, MapColors colors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var answer = explanation.Top(1)[0];
        var other =
            answer.Index == explanation.Target.Index ? "" : $" · the model's answer: {answer.Label}, {answer.Amount}";
        var title = $"{explanation.Target.Label}, {explanation.Target.Amount}{other}";
        var label = subject.Case.Label is { } known ? $" · labelled {known}" : "";
        var subtitle = $"{subject.Name} · {explanation.Model.Name} · {subject.Size}{label}";
        return subject.IsOfSteps
            ? Curves(explanation, subject, colors, title, subtitle).Render()
            : new FeaturePlot(
                title,
                [.. subject.Format.Variables.Select((variable, i) => $"{variable.Name} = {subject.Value(i)}")],
                [.. explanation.Maps.Select(map => Map(explanation, map, [.. map.Map.Values.Select(float.CreateTruncating)], 1, colors))])
            {
                Subtitle = subtitle,
            }.Render();
    }

    private static SeriesPlot Curves<T>(Explanation<T> explanation, SeriesSubject subject, MapColors colors, string title, string subtitle)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (one, format) = (subject.Case, subject.Format);
        var (start, step) = subject.HasClock ? subject.Clock!.Value : (0, 1);
        return new(
            title,
            [.. format.Variables.Select((variable, channel) => new SeriesCurve(variable.Title, one.Channel(channel)))],
            [.. explanation.Maps.Select(map => map.Map.InputValues is { } values
                ? Map(explanation, map, ByChannel([.. values.Select(float.CreateTruncating)], one.Length, one.Width), one.Width, colors)
                : Map(explanation, map, BySteps(explanation, map, one.Length), 1, colors))])
        {
            Subtitle = subtitle,
            XTitle = !subject.HasClock ? "step" : format.TimeUnit is { } unit ? $"time ({unit})" : "time",
            Start = start,
            TimeStep = step,
        };
    }

    private static SeriesMap Map<T>(Explanation<T> explanation, MethodMap<T> found, float[] values, int rows, MapColors colors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(found.Method.Title, new(values, rows, values.Length / rows)
        {
            Options = colors.Options,
            Words = !found.Method.IsClassSpecific ? new("more attention", "negative")
                : explanation.Model.Number is not null ? new($"raises {explanation.Target.Label}", $"lowers {explanation.Target.Label}")
                : new($"for {explanation.Target.Label}", $"against {explanation.Target.Label}"),
        })
        {
            Note = found.NoteOnPicture(explanation),
        };

    // A patch's relevance stands at each of its steps.
    private static float[] BySteps<T>(Explanation<T> explanation, MethodMap<T> map, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var patch = ((ISeriesModel)explanation.Model.Model).PatchLength;
        return [.. Enumerable.Range(0, length).Select(step => float.CreateTruncating(map.Map.Values[step / patch]))];
    }

    private static float[] ByChannel(float[] values, int length, int width)
    {
        var rows = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            rows[(i % width * length) + (i / width)] = values[i];
        }

        return rows;
    }
}
