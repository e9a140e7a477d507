using System.Diagnostics;
using Mambascope.Numerics;

namespace Mambascope.Benchmarks;

/// <summary>Times an action in a few tenths of a second: the best of many runs, because other processes only ever slow it down.</summary>
internal static class Stopper
{
    /// <summary>Seconds of the fastest run.</summary>
    public static double Best(Action action, int milliseconds = 250)
    {
        var best = double.MaxValue;
        var end = Stopwatch.GetTimestamp() + (Stopwatch.Frequency * milliseconds / 1000);
        for (var run = 0; run < 5 || Stopwatch.GetTimestamp() < end; run++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    /// <summary>What the machine does at best now: what times are to be compared with.</summary>
    public static void WriteMachine(Workers workers)
    {
        var (peak, bandwidth) = (FmaPeak.Measure(workers, 500), MemoryBandwidth.Measure(workers));
        Console.WriteLine($"threads {workers.Count}: FMA peak {peak:F0} GFLOP/s, memory {bandwidth:F1} GB/s");
    }

    /// <summary>The thread counts asked for on the command line; 1 and all processors if none.</summary>
    public static IEnumerable<int> Threads(IEnumerable<string> args)
        => args.Any() ? args.Select(int.Parse) : new[] { 1, Environment.ProcessorCount }.Distinct();
}
