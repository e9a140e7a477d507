using System.Text.Json.Nodes;

namespace Mambascope.Cli.Benchmarking;

/// <summary>The figures of a language model, as a table or a flat object.</summary>
internal sealed record LanguageBenchmarkReport(string Model, int Threads, double Peak, IReadOnlyList<LanguageMeasurement> Measurements)
{
    private double Bandwidth => Measurements.Max(m => m.Bandwidth);

    private double MostMemory => Measurements.Max(m => m.PeakMemory);

    internal JsonObject Json()
    {
        var result = new JsonObject
        {
            ["threads"] = Threads,
            ["instruction_set"] = Machine.InstructionSet,
            ["fma_peak_gflops"] = Math.Round(Peak, 1),
            ["memory_bandwidth_gb_per_second"] = Math.Round(Bandwidth, 2),
            ["peak_rss_mb"] = Math.Round(MostMemory, 1),
        };
        foreach (var (key, value) in Measurements.SelectMany(m => m.Values()))
        {
            result[key] = value;
        }

        return result;
    }

    internal void Write(TextWriter output)
    {
        output.WriteLine(
            $"{Model} on {Threads} {(Threads == 1 ? "thread" : "threads")}, {Machine.InstructionSet}, peak {Peak:0} GFLOP/s, memory "
                + $"{Bandwidth:0.0} GB/s");
        var table = new TextTable("", " ms", " tokens/s", " share of peak", " of bandwidth", " of prefill", " most MB");
        foreach (var m in Measurements)
        {
            table.Add(
                m.Timing.Name,
                $"{m.Timing.Milliseconds:0.00}",
                m.Tokens > 0 ? $"{m.TokensPerSecond:0.0}" : "",
                m.Timing.Work > 0 ? Percent(m.Timing.Share) : "",
                m.Bytes > 0 ? Percent(m.ShareOfBandwidth) : "",
                m.OfPrefill > 0 ? Percent(m.ShareOfPrefill) : "",
                $"{m.PeakMemory:0}");
        }

        table.Write(output);
    }

    private static string Percent(double share) => $"{share * 100:0.0} %";
}
