using System.Runtime.InteropServices;

namespace Mambascope.Evaluation.Reports;

/// <summary>
/// A value of a <see cref="ResultTable"/>, or none. Made by <see cref="Text"/>, <see cref="Number"/>,
/// <see cref="Interval(double, double, double)"/> and <see cref="Count"/>.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ResultCell
{
    private ResultCell(ResultKind kind, string? words = null, double value = 0, double lower = 0, double upper = 0, long things = 0)
        => (Kind, Words, Value, Lower, Upper, Things) = (kind, words, value, lower, upper, things);

    /// <summary>No value; fits into any column.</summary>
    public static ResultCell Missing => default;

    /// <summary>What it holds, or null where it is missing.</summary>
    public ResultKind? Kind { get; }

    /// <summary>The words of a text cell, else null.</summary>
    public string? Words { get; }

    /// <summary>The number of a number or interval cell.</summary>
    public double Value { get; }

    /// <summary>Lower end of an interval.</summary>
    public double Lower { get; }

    /// <summary>Upper end of an interval.</summary>
    public double Upper { get; }

    /// <summary>The number of a count cell.</summary>
    public long Things { get; }

    /// <summary>Words.</summary>
    public static ResultCell Text(string words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return new(ResultKind.Text, words);
    }

    /// <summary>A number; NaN and infinity are values of their own, not missing ones.</summary>
    public static ResultCell Number(double value) => new(ResultKind.Number, value: value);

    /// <summary>A number with the ends of its interval.</summary>
    public static ResultCell Interval(double value, double lower, double upper)
        => new(ResultKind.Interval, value: value, lower: lower, upper: upper);

    /// <summary>A mean with its bootstrap interval.</summary>
    /// <param name="mean">Mean and interval.</param>
    /// <param name="factor">Multiplies all three, such as 100 for percent.</param>
    public static ResultCell Interval(Bootstrap mean, double factor = 1)
        => Interval(factor * mean.Mean, factor * mean.Lower, factor * mean.Upper);

    /// <summary>A whole number of things.</summary>
    public static ResultCell Count(long things) => new(ResultKind.Count, things: things);
}
