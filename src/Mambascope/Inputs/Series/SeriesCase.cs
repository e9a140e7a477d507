namespace Mambascope.Inputs.Series;

/// <summary>
/// One case: a series, values (time, channels) step after step; or a row of a table, values (numbers, 1) column after column, words as one
/// number a category. NaN stands for what is missing and could not be filled in from the case itself.
/// </summary>
/// <param name="Name">What the file calls it, or its number.</param>
/// <param name="Values">Values, row-major.</param>
/// <param name="Length">Time steps; numbers of a table's row.</param>
/// <param name="Width">Channels; 1 for a row of a table.</param>
public sealed record SeriesCase(string Name, float[] Values, int Length, int Width)
{
    /// <summary>Its class, or the number to be predicted, as the file writes it; null where it has none.</summary>
    public string? Label { get; init; }

    /// <summary>Its label as a number; null where it has none or is no number.</summary>
    public double? Number => Label is not null && SeriesNumber.TryParse(Label, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>
    /// Values that were missing in the file: filled in by the one before in its channel (or the first that is there), or NaN.
    /// </summary>
    public int Missing { get; init; }

    /// <summary>When each step was, where the file says so.</summary>
    public IReadOnlyList<double>? Times { get; init; }

    /// <summary>The values of a step, or the one number of a row.</summary>
    public ReadOnlySpan<float> Row(int step) => Values.AsSpan(step * Width, Width);

    /// <summary>The values of a channel over time.</summary>
    public float[] Channel(int channel) => [.. Enumerable.Range(0, Length).Select(step => Values[(step * Width) + channel])];

    /// <summary>
    /// A series whose gaps are filled in by the value before, in front by the first; a channel without any value stays as it is.
    /// </summary>
    internal static SeriesCase Filled(string name, float[] values, int length, int width)
    {
        var missing = 0;
        for (var channel = 0; channel < width; channel++)
        {
            var last = float.NaN;
            for (var step = 0; step < length && float.IsNaN(last); step++)
            {
                last = values[(step * width) + channel];
            }

            for (var step = 0; step < length; step++)
            {
                ref var value = ref values[(step * width) + channel];
                missing += float.IsNaN(value) ? 1 : 0;
                last = value = float.IsNaN(value) ? last : value;
            }
        }

        return new(name, values, length, width) { Missing = missing };
    }
}
