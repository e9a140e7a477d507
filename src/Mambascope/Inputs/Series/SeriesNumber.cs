using System.Globalization;

namespace Mambascope.Inputs.Series;

/// <summary>Numbers as files of measurements write them.</summary>
internal static class SeriesNumber
{
    /// <summary>Whether a cell says that there is no value.</summary>
    public static bool IsMissing(ReadOnlySpan<char> cell)
        => cell.Trim() is "" or "?" or "NA" or "N/A" or "n/a" or "NaN" or "nan" or "NAN" or "null" or "NULL" or "None";

    /// <summary>A finite number, with a decimal point.</summary>
    public static bool TryParse(ReadOnlySpan<char> cell, out float value)
        => float.TryParse(cell.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);

    /// <summary>A number that is known to be one.</summary>
    public static float Parse(string cell) => float.Parse(cell.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>A number, or NaN for a missing one.</summary>
    /// <param name="cell">As written.</param>
    /// <param name="place">Where it stands, for the message.</param>
    /// <exception cref="BadInputException">Anything else.</exception>
    public static float Read(ReadOnlySpan<char> cell, Func<string> place)
    {
        return IsMissing(cell) ? float.NaN
            : TryParse(cell, out var value) ? value
            : throw new BadInputException($"{place()} is {Printable.Name(cell.ToString())}, expected a number, or ? for a missing one");
    }
}
