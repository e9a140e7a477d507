namespace Mambascope.Imaging.Reports;

/// <summary>Maps the values of an axis to places on the drawing.</summary>
/// <param name="Minimum">Value at <paramref name="Start"/>.</param>
/// <param name="Maximum">Value at <paramref name="End"/>; above the minimum.</param>
/// <param name="Start">Place of the minimum.</param>
/// <param name="End">Place of the maximum.</param>
internal sealed record ChartRange(double Minimum, double Maximum, double Start, double End)
{
    private const int MostTicks = 7;

    /// <summary>Covers all finite values, within what the axis fixes; one value alone, or none, gets room around it.</summary>
    internal static ChartRange Of(ChartAxis axis, IEnumerable<double> values, double start, double end)
    {
        var finite = values.Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var (minimum, maximum) = (axis.Minimum ?? finite.Min(), axis.Maximum ?? finite.Max());
        if (!(maximum > minimum))
        {
            // A flat line lies in the middle, whatever its height.
            var room = minimum == 0 ? 1 : Math.Abs(minimum) / 10;
            (minimum, maximum) = (minimum - room, minimum + room);
        }

        return new(minimum, maximum, start, end);
    }

    /// <summary>With ends moved outwards to round numbers, where the axis does not fix them.</summary>
    internal ChartRange Rounded(ChartAxis axis)
    {
        var ticks = Steps();
        if (ticks.Count < 2)
        {
            return this;
        }

        var step = ticks[1] - ticks[0];
        return this with
        {
            Minimum = axis.Minimum ?? (Minimum < ticks[0] - (step * 1e-6) ? ticks[0] - step : Minimum),
            Maximum = axis.Maximum ?? (Maximum > ticks[^1] + (step * 1e-6) ? ticks[^1] + step : Maximum),
        };
    }

    /// <summary>Round values on the axis.</summary>
    internal List<double> Steps() => Ticks.Between(Minimum, Maximum, MostTicks);

    /// <summary>The place of a value; beyond the ends it stops there.</summary>
    internal double Place(double value)
    {
        // By halves: the distance between the largest numbers of either sign is infinite. The smallest have no halves.
        var share = ((value / 2) - (Minimum / 2)) / ((Maximum / 2) - (Minimum / 2));
        return Start + (double.IsFinite(share) ? Math.Clamp(share, 0, 1) * (End - Start) : (End - Start) / 2);
    }
}
