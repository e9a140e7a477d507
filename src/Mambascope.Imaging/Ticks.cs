using System.Globalization;
using System.Text;

namespace Mambascope.Imaging;

/// <summary>Round numbers for axes and colour bars.</summary>
internal static class Ticks
{
    /// <summary>
    /// Multiples of 1, 2 or 5 times a power of ten inside [minimum, maximum], at most <paramref name="most"/> of them (and at least one
    /// step apart).
    /// </summary>
    // Adding 0.0 turns a negative zero into a plain one.
    internal static List<double> Between(double minimum, double maximum, int most, double leastStep = 0)
    {
        var ticks = new List<double>();
        var range = maximum - minimum;
        if (!(range > 0) || !double.IsFinite(range))
        {
            return ticks;
        }

        var step = Math.Max(NiceStep(range / Math.Max(most - 1, 1)), leastStep);
        for (var k = Math.Ceiling((minimum / step) - 1e-9); k * step <= maximum + (range * 1e-9) && ticks.Count <= most; k++)
        {
            ticks.Add((k * step) + 0.0);
        }

        return ticks;
    }

    /// <summary>Three significant digits; a power of ten where zeros would be counted. Uses the minus sign and superscripts.</summary>
    internal static string Format(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
        }

        if (value == 0)
        {
            return "0";
        }

        var size = Math.Abs(value);
        if (size is >= 0.00095 and < 9999.5)
        {
            var digits = Math.Clamp(2 - (int)Math.Floor(Math.Log10(size)), 0, 5);
            var text = size.ToString("F" + digits, CultureInfo.InvariantCulture);
            if (text.Contains('.', StringComparison.Ordinal))
            {
                text = text.TrimEnd('0').TrimEnd('.');
            }

            return value < 0 ? "−" + text : text;
        }

        var scientific = size.ToString("0.##e+0", CultureInfo.InvariantCulture).Split('e');
        var power = new StringBuilder();
        foreach (var c in int.Parse(scientific[1], CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture))
        {
            power.Append(c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']);
        }

        return $"{(value < 0 ? "−" : "")}{(scientific[0] is "1" ? "" : scientific[0] + "·")}10{power}";
    }

    private static double NiceStep(double rough)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch
        {
            <= 1.0000001 => power,
            <= 2.0000001 => 2 * power,
            <= 5.0000001 => 5 * power,
            _ => 10 * power,
        };
    }
}
