using System.Diagnostics;
using Mambascope.Numerics;

namespace Mambascope.Cli.Benchmarking;

/// <summary>One figure of the benchmark.</summary>
/// <param name="Name">What was timed.</param>
/// <param name="Milliseconds">Median over the repetitions.</param>
/// <param name="Repetitions">How many there were.</param>
/// <param name="Work">Floating-point operations of one.</param>
/// <param name="Peak">The machine's peak just before and after, operations per second, in billions.</param>
internal sealed record Measurement(string Name, double Milliseconds, int Repetitions, double Work, double Peak)
{
    /// <summary>How long the peak is measured before and after.</summary>
    internal const int PeakMilliseconds = 60;

    private const int FewestRepetitions = 5;
    private const int MostRepetitions = 50;
    private static readonly TimeSpan enough = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan tooLong = TimeSpan.FromSeconds(4);

    /// <summary>Operations per second, in billions.</summary>
    internal double Rate => Work / Milliseconds / 1e6;

    /// <summary>Share of the peak, 0 to 1.</summary>
    internal double Share => Rate / Peak;

    /// <summary>
    /// Times an action: once to warm up, then until 1.5 s or 50 repetitions are spent, at least 5 times; something very slow only once.
    /// </summary>
    internal static Measurement Of(Workers workers, string name, double work, Action action)
    {
        var before = FmaPeak.Measure(workers, PeakMilliseconds);
        var first = Time(action);
        var times = new List<TimeSpan>();
        for (
            var total = TimeSpan.Zero;
            first < tooLong && times.Count < MostRepetitions && (times.Count < FewestRepetitions || total < enough);
            total += times[^1])
        {
            times.Add(Time(action));
        }

        if (times.Count == 0)
        {
            times.Add(first);
        }

        return new(
            name,
            Median(times.Select(time => time.TotalMilliseconds)),
            times.Count,
            work,
            Math.Max(before, FmaPeak.Measure(workers, PeakMilliseconds)));
    }

    /// <summary>
    /// Times what an action takes more than another: both once to warm up, then in turn; the median of the differences, at least none.
    /// </summary>
    internal static Measurement OfDifference(Workers workers, string name, double work, Action less, Action more)
    {
        var before = FmaPeak.Measure(workers, PeakMilliseconds);
        less();
        more();
        var differences = new List<double>();
        var total = TimeSpan.Zero;
        while (differences.Count < FewestRepetitions || (differences.Count < MostRepetitions && total < enough))
        {
            var (first, second) = (Time(less), Time(more));
            differences.Add((second - first).TotalMilliseconds);
            total += first + second;
        }

        return new(
            name,
            Math.Max(0, Median(differences)),
            differences.Count,
            work,
            Math.Max(before, FmaPeak.Measure(workers, PeakMilliseconds)));
    }

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    internal static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToArray();
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }

    internal static TimeSpan Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start);
    }
}
