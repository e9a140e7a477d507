namespace Mambascope.Imaging;

/// <summary>Which value gets which colour in a matrix plot, and which numbers stand on the bar.</summary>
/// <param name="Colors">The colour map.</param>
/// <param name="Minimum">The value of the first colour.</param>
/// <param name="Maximum">The value of the last colour.</param>
/// <param name="IsClippedBelow">Some values lie below <paramref name="Minimum"/>.</param>
/// <param name="IsClippedAbove">Some values lie above <paramref name="Maximum"/>.</param>
internal sealed record ColorScale(ColorMap Colors, double Minimum, double Maximum, bool IsClippedBelow, bool IsClippedAbove)
{
    /// <summary>
    /// From 0 to the quantile for values without a sign, symmetric about 0 for others or if the map is diverging. If nothing but zeros
    /// lies below the quantile, the scale spans all values.
    /// </summary>
    internal static ColorScale For(ReadOnlySpan<float> values, ColorMap? colors, double quantile)
    {
        var sizes = new List<float>(values.Length);
        var (least, most) = (0f, 0f);
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                continue;
            sizes.Add(Math.Abs(value));
            least = Math.Min(least, value);
            most = Math.Max(most, value);
        }

        sizes.Sort();
        double reach = sizes.Count == 0 ? 0 : sizes[Math.Clamp((int)Math.Ceiling(quantile * sizes.Count) - 1, 0, sizes.Count - 1)];
        if (reach == 0)
            reach = sizes.Count == 0 || sizes[^1] == 0 ? 1 : sizes[^1];
        var map = colors ?? (least < 0 ? ColorMap.Diverging : ColorMap.Viridis);
        if (map.IsDiverging)
            return new ColorScale(map, -reach, reach, least < -reach, most > reach);
        var (minimum, maximum) = (Math.Max(least, -reach), Math.Min(Math.Max(most, 0), reach));
        return new ColorScale(map, minimum, maximum > minimum ? maximum : minimum + 1, least < minimum, most > maximum);
    }

    /// <summary>Where the value lies between the ends, 0 to 1; NaN stays NaN.</summary>
    internal float Position(float value) => (float)Math.Clamp((value - Minimum) / (Maximum - Minimum), 0, 1);

    /// <summary>Positions on the bar and their numbers: the ends, and round values that keep clear of them.</summary>
    internal List<(double At, string Label)> Labels()
    {
        var labels = new List<(double, string)>
        {
            (0, (IsClippedBelow ? "≤ " : "") + Ticks.Format(Minimum)),
            (1, (IsClippedAbove ? "≥ " : "") + Ticks.Format(Maximum)),
        };
        foreach (var tick in Ticks.Between(Minimum, Maximum, 7))
        {
            var at = (tick - Minimum) / (Maximum - Minimum);
            if (at is > 0.04 and < 0.96)
                labels.Add((at, Ticks.Format(Math.Abs(tick) < (Maximum - Minimum) * 1e-9 ? 0 : tick)));
        }

        return labels;
    }
}
