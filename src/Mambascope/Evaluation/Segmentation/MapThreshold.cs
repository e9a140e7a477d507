using System.Globalization;

namespace Mambascope.Evaluation.Segmentation;

/// <summary>Where a map (0..1) begins to be foreground: strictly above a value that depends on the map.</summary>
/// <param name="Name">"mean", "otsu", or the number.</param>
public abstract record MapThreshold(string Name)
{
    /// <summary>The map's own mean, as in the published segmentation test.</summary>
    public static MapThreshold Mean { get; } = new MeanThreshold();

    /// <summary>The value that splits the map's histogram into the two most uniform halves (Otsu 1979), 256 bins.</summary>
    public static MapThreshold Otsu { get; } = new OtsuThreshold();

    /// <summary>A fixed value.</summary>
    /// <param name="value">0 to below 1: the map is min-maxed, so nothing lies above 1.</param>
    /// <exception cref="BadInputException">Out of range.</exception>
    public static MapThreshold At(double value)
        => value is >= 0 and < 1
            ? new FixedThreshold(value)
            : throw new BadInputException($"threshold: expected a number from 0 to below 1, found {value}");

    /// <summary>"mean", "otsu", or a number from 0 to below 1.</summary>
    /// <exception cref="BadInputException">Something else.</exception>
    public static MapThreshold Parse(string text) => text switch
    {
        "mean" => Mean,
        "otsu" => Otsu,
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => At(value),
        _ => throw new BadInputException($"threshold '{text}': expected mean, otsu, or a number from 0 to below 1"),
    };

    /// <summary>The value for one map.</summary>
    public abstract double For(ReadOnlySpan<float> map);

    /// <summary>1 above the value, else 0. A degenerate map has no foreground.</summary>
    public byte[] Apply(PixelMap map)
    {
        var mask = new byte[map.Values.Length];
        if (!map.IsDegenerate)
        {
            var threshold = For(map.Values);
            for (var i = 0; i < mask.Length; i++)
            {
                mask[i] = map.Values[i] > threshold ? (byte)1 : (byte)0;
            }
        }

        return mask;
    }

    private sealed record MeanThreshold() : MapThreshold("mean")
    {
        public override double For(ReadOnlySpan<float> map)
        {
            var sum = 0.0;
            foreach (var value in map)
            {
                sum += value;
            }

            return sum / map.Length;
        }
    }

    private sealed record FixedThreshold(double Value) : MapThreshold(Value.ToString(CultureInfo.InvariantCulture))
    {
        public override double For(ReadOnlySpan<float> map) => Value;
    }

    // Maximises w0 w1 (m0 - m1)² over the borders between bins; of equally good borders the middle one, since a gap in the
    // histogram makes a whole run of borders equal.
    private sealed record OtsuThreshold() : MapThreshold("otsu")
    {
        private const int Bins = 256;

        public override double For(ReadOnlySpan<float> map)
        {
            var counts = new long[Bins];
            foreach (var value in map)
            {
                counts[Bin(value)]++;
            }

            var (total, sum) = ((double)map.Length, 0.0);
            for (var b = 0; b < Bins; b++)
            {
                sum += (double)counts[b] * b;
            }

            var (best, first, last, below, belowSum) = (0.0, 0, 0, 0.0, 0.0);
            for (var b = 0; b < Bins - 1; b++)
            {
                below += counts[b];
                belowSum += (double)counts[b] * b;
                if (below == 0 || below == total)
                {
                    continue;
                }

                var gap = (belowSum / below) - ((sum - belowSum) / (total - below));
                var between = below * (total - below) * gap * gap;
                if (between > best)
                {
                    (best, first) = (between, b);
                }

                last = between == best ? b : last;
            }

            // Just below the border: the bin that begins on it is foreground.
            return MathF.BitDecrement((((first + last) / 2) + 1) / (float)Bins);
        }

        // [b / 256, (b + 1) / 256), the last bin closed.
        private static int Bin(float value) => Math.Min((int)(value * Bins), Bins - 1);
    }
}
