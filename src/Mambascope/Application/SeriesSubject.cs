using System.Globalization;
using System.Numerics;
using Mambascope.Inputs.Series;
using Mambascope.Models;

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

    /// <summary>A token in words: "step 12", "steps 24 to 31", "bill_length (39.1)".</summary>
    /// <param name="token">The token.</param>
    /// <param name="patch">Steps a token.</param>
    public string Words(int token, int patch)
    {
        if (!IsOfSteps)
        {
            return $"{Format.Variables[token].Name} ({Value(token)})";
        }

        var (first, last) = (token * patch, Math.Min(((token + 1) * patch) - 1, Case.Length - 1));
        var steps = first == last ? $"step {first}" : $"steps {first} to {last}";
        return HasClock && Clock is var (start, step)
            ? string.Create(CultureInfo.InvariantCulture, $"{steps} (time {start + (first * step):G5}{(Format.TimeUnit is { } unit ? " " + unit : "")})")
            : steps;
    }

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

    internal override Run<T> Run<T>(LoadedModel model, int? token, CancellationToken cancellation)
        => model is SeriesModel series ? series.Run<T>(Case, cancellation: cancellation) : throw Unreadable(model, "series");
}
