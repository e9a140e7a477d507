namespace Mambascope.Inputs.Images;

/// <summary>A map brought to 0..1, and the range it came from.</summary>
/// <param name="Values">(v - Minimum) / (Maximum - Minimum), or zeros for a degenerate map.</param>
/// <param name="Minimum">The least value of the map.</param>
/// <param name="Maximum">The greatest.</param>
/// <param name="IsDegenerate">
/// The map is constant or holds a value that is not finite: it ranks nothing, and whoever shows it should say so.
/// </param>
public sealed record MinMax(float[] Values, float Minimum, float Maximum, bool IsDegenerate)
{
    /// <summary>Scales <paramref name="map"/> to 0..1. Never gives NaN: a degenerate map becomes zeros, and is flagged.</summary>
    /// <exception cref="ArgumentException">The map is empty.</exception>
    public static MinMax Normalise(ReadOnlySpan<float> map)
    {
        if (map.IsEmpty)
        {
            throw new ArgumentException("expected a map with at least one value", nameof(map));
        }

        var (minimum, maximum, finite) = (float.PositiveInfinity, float.NegativeInfinity, true);
        foreach (var value in map)
        {
            finite &= float.IsFinite(value);
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
        }

        var values = new float[map.Length];
        if (!finite || minimum == maximum)
        {
            return new MinMax(values, minimum, maximum, IsDegenerate: true);
        }

        // In double: the difference of two finite floats may not be one.
        var range = (double)maximum - minimum;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)((map[i] - (double)minimum) / range);
        }

        return new MinMax(values, minimum, maximum, IsDegenerate: false);
    }
}
