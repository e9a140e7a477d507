namespace Mambascope.Cli.Benchmarking;

/// <summary>One figure of a language model.</summary>
/// <param name="Timing">Its time and work.</param>
/// <param name="PeakMemory">Most memory of the process meanwhile, in megabytes.</param>
/// <param name="Tokens">Tokens read, where that is what is timed; 0 otherwise.</param>
/// <param name="Bytes">Bytes of weights read, where memory is what bounds it; 0 otherwise.</param>
/// <param name="Bandwidth">Bytes that this machine reads in a second, in billions.</param>
/// <param name="OfPrefill">Median of the prefill of a text as long, in milliseconds; 0 where there is none to compare with.</param>
internal sealed record LanguageMeasurement(
    Measurement Timing, double PeakMemory, int Tokens = 0, double Bytes = 0, double Bandwidth = 0, double OfPrefill = 0)
{
    internal double TokensPerSecond => Tokens / Timing.Milliseconds * 1000;

    /// <summary>Share of the bandwidth, 0 to 1.</summary>
    internal double ShareOfBandwidth => Bytes / Timing.Milliseconds / 1e6 / Bandwidth;

    internal double ShareOfPrefill => Timing.Milliseconds / OfPrefill;

    /// <summary>Keys and values of a flat object.</summary>
    internal IEnumerable<(string Key, double Value)> Values()
    {
        var name = Timing.Name;
        yield return ($"{name}.ms", Math.Round(Timing.Milliseconds, 4));
        if (Timing.Work > 0)
        {
            yield return ($"{name}.share_of_peak", Math.Round(Timing.Share, 4));
        }

        if (Tokens > 0)
        {
            yield return ($"{name}.tokens_per_second", Math.Round(TokensPerSecond, 2));
        }

        if (Bytes > 0)
        {
            yield return ($"{name}.share_of_bandwidth", Math.Round(ShareOfBandwidth, 4));
        }

        if (OfPrefill > 0)
        {
            yield return ($"{name}.share_of_prefill", Math.Round(ShareOfPrefill, 4));
        }

        yield return ($"{name}.peak_rss_mb", Math.Round(PeakMemory, 1));
    }
}
