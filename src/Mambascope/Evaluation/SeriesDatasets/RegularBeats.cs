namespace Mambascope.Evaluation.SeriesDatasets;

/// <summary>A heartbeat of the usual shape in its usual rhythm.</summary>
/// <param name="Peak">Sample of the R peak.</param>
/// <param name="Next">Samples to the R peak behind it.</param>
internal readonly record struct Beat(int Peak, int Next);

/// <summary>
/// Finds the regular beats of an electrocardiogram: steep places (mean square of the slope over a tenth of a second, after Pan and Tompkins
/// 1985) hold an R peak; a beat is regular if its shape is that of most (correlation with the median beat) and if the beats beside it are
/// as far away as usual.
/// </summary>
internal static class RegularBeats
{
    private const double SteepShare = 0.3; // of what the steepest place of a usual beat has
    private const double LeastLikeness = 0.9;
    private const double Rhythm = 0.2; // how far an interval may be from the median, as a share of it

    /// <summary>The regular beats, in order.</summary>
    /// <param name="signal">Samples.</param>
    /// <param name="rate">Samples a second.</param>
    public static List<Beat> In(ReadOnlySpan<float> signal, double rate)
    {
        var (slope, window, around) = ((int)Math.Round(0.011 * rate), (int)Math.Round(0.1 * rate), (int)Math.Round(0.15 * rate));
        if (signal.Length < 3 * around)
        {
            return [];
        }

        var samples = signal.ToArray();
        var steepness = Steepness(samples, slope, window);
        var peaks = Peaks(samples, steepness, (int)Math.Round(rate / 4), window)
            .Where(peak => peak >= around && peak + around < samples.Length).ToArray();
        if (peaks.Length < 3)
        {
            return [];
        }

        var usual = MedianOf(peaks.Zip(peaks.Skip(1), (a, b) => (double)(b - a)));
        double[] shape = [.. Enumerable.Range(-around, 2 * around).Select(t => MedianOf(peaks.Select(peak => (double)samples[peak + t])))];
        var isUsual = peaks
            .Select(peak => Correlation(shape, samples.AsSpan(peak - around, shape.Length)) > LeastLikeness).ToArray();
        return
        [
            .. Enumerable.Range(1, peaks.Length - 2)
                .Where(i => isUsual[i] && IsRegular(peaks[i] - peaks[i - 1]) && IsRegular(peaks[i + 1] - peaks[i]))
                .Select(i => new Beat(peaks[i], peaks[i + 1] - peaks[i])),
        ];

        bool IsRegular(int interval) => Math.Abs(interval - usual) <= Rhythm * usual;
    }

    private static double[] Steepness(float[] samples, int slope, int window)
    {
        var (steepness, sum) = (new double[samples.Length], 0.0);
        double Square(int t)
        {
            var rise = t >= slope && t + slope < samples.Length ? samples[t + slope] - samples[t - slope] : 0;
            return (double)rise * rise;
        }

        for (var t = 0; t < samples.Length; t++)
        {
            sum += Square(t) - (t >= window ? Square(t - window) : 0);
            steepness[Math.Max(0, t - (window / 2))] = sum / window;
        }

        return steepness;
    }

    // One in every stretch that is steep, where the signal is farthest from its median; not two within a quarter of a second.
    private static List<int> Peaks(float[] samples, double[] steepness, int apart, int window)
    {
        var peaks = new List<int>();
        double[] tops = [.. steepness.Chunk(8 * apart).Select(part => part.Max())]; // two seconds: a beat or more in each
        var (least, level) = (SteepShare * MedianOf(tops), MedianOf(samples.Select(value => (double)value)));
        for (var t = 0; t < samples.Length; t++)
        {
            if (steepness[t] < least || (peaks.Count > 0 && t - peaks[^1] < apart))
            {
                continue;
            }

            var (first, end) = (Math.Max(0, t - (window / 2)), Math.Min(samples.Length, t + window));
            var peak = Enumerable.Range(first, end - first).MaxBy(i => Math.Abs(samples[i] - level));
            if (peaks.Count == 0 || peak - peaks[^1] >= apart)
            {
                peaks.Add(peak);
            }
        }

        return peaks;
    }

    private static double Correlation(double[] shape, ReadOnlySpan<float> samples)
    {
        var (meanA, meanB) = (shape.Average(), 0.0);
        foreach (var value in samples)
        {
            meanB += value / (double)samples.Length;
        }

        var (both, a, b) = (0.0, 0.0, 0.0);
        for (var i = 0; i < shape.Length; i++)
        {
            var (x, y) = (shape[i] - meanA, samples[i] - meanB);
            (both, a, b) = (both + (x * y), a + (x * x), b + (y * y));
        }

        return a > 0 && b > 0 ? both / Math.Sqrt(a * b) : 0;
    }

    private static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
