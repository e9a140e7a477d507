using System.Globalization;
using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Inputs.Series;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>A series, or a row of a table.</summary>
/// <param name="Data">The file it is in.</param>
/// <param name="Case">The case.</param>
public sealed record SeriesSubject(SeriesData Data, SeriesCase Case)
    : Subject($"{Path.GetFileName(Data?.Path)}#{Case?.Name}", $"{Data?.Path}#{Case?.Name}")
{
    /// <summary>What the case is made of.</summary>
    public SeriesFormat Format => Data.Format;

    /// <summary>Whether it is a series, not a row of a table.</summary>
    public bool IsOfSteps => Format.Kind == SeriesKind.Steps;

    /// <summary>Its size in words: "150 steps", "150 steps of 6 channels", "30 columns".</summary>
    public string Size => !IsOfSteps ? $"{Format.Variables.Count} columns"
        : $"{Case.Length} steps{(Case.Width == 1 ? "" : $" of {Case.Width} channels")}";

    /// <summary>Time of the first step and from one to the next, in the file's or the model's units; null where steps are uneven.</summary>
    public (double Start, double Step)? Clock
    {
        get
        {
            if (Case.Times is not { Count: > 1 } times)
            {
                return (0, Format.TimeStep);
            }

            var step = (times[^1] - times[0]) / (times.Count - 1);
            return step > 0 && Enumerable.Range(0, times.Count).All(i => Math.Abs(times[i] - times[0] - (i * step)) <= 0.01 * step)
                ? (times[0], step)
                : null;
        }
    }

    /// <summary>Whether steps are counted in time, rather than from 0.</summary>
    public bool HasClock => Clock is not null && (Case.Times is not null || Format.TimeUnit is not null || Format.TimeStep != 1);

    /// <summary>Tokens in words: "steps 12, 13 and 40", "steps 24 to 31", "bill_length (39.1)".</summary>
    /// <param name="tokens">At least one token.</param>
    /// <param name="patch">Steps a token.</param>
    public string Words(IReadOnlyList<int> tokens, int patch)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (!IsOfSteps)
        {
            return string.Join(", ", tokens.Select(token => $"{Format.Variables[token].Name} ({Value(token)})"));
        }

        var places = string.Join(", ", tokens.Select(token => Place(token * patch, Math.Min(((token + 1) * patch) - 1, Case.Length - 1))));
        return !HasClock ? $"{(tokens.Count == 1 && patch == 1 ? "step" : "steps")} {places}"
            : $"time {places}{(Format.TimeUnit is { } unit ? " " + unit : "")}";

        string Place(int first, int last) => first == last ? Time(first) : $"{Time(first)} to {Time(last)}";
    }

    // Where a step is on the clock, or its number.
    private string Time(int step)
        => HasClock && Clock is var (start, each)
            ? (start + (step * each)).ToString("G5", CultureInfo.InvariantCulture)
            : step.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a column of a table holds in this row, as it would be written.</summary>
    public string Value(int column)
    {
        var ((first, count), variable) = (Format.Spans()[column], Format.Variables[column]);
        var values = Case.Values.AsSpan(first, count);
        return variable.Categories is { } categories
            ? values.IndexOf(1f) is >= 0 and var at ? categories[at] : "missing"
            : float.IsNaN(values[0]) ? "missing"
            : string.Create(CultureInfo.InvariantCulture, $"{values[0]:G5}{(variable.Unit is { } unit ? " " + unit : "")}");
    }

    internal override Trace<T> Forward<T>(IModel network, Tape<T> tape, int? token)
    {
        var series = (ISeriesModel)network;
        var values = Array.ConvertAll(series.Scale.Apply(Case), T.CreateTruncating);
        return series.Forward(tape, Activation<T>.Of(values, 1, Case.Length, Case.Width));
    }

    internal override Run<T> Run<T>(LoadedModel model, int? token, CancellationToken cancellation)
        => model is SeriesModel series ? series.Run<T>(Case, cancellation: cancellation) : throw Unreadable(model, "series");
}
