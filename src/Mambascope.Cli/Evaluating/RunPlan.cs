using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Mambascope.Cli.Benchmarking;
using Mambascope.Evaluation.Runs;

namespace Mambascope.Cli.Evaluating;

/// <summary>An evaluation that was tried on a few of its images, and what the whole will take.</summary>
/// <param name="Run">The run.</param>
/// <param name="Threads">Threads that were tried together.</param>
/// <param name="Tried">Images on which times were measured.</param>
/// <param name="Times">Where the time of an image goes.</param>
/// <param name="Cost">What the whole costs.</param>
internal sealed record RunPlan(MeasureRun Run, int Threads, int Tried, CaseTimes Times, RunCostModel Cost)
{
    private static readonly TimeSpan enough = TimeSpan.FromSeconds(8);

    private long Lines => (long)Cost.Cases * Run.Settings.LinesPerUnit;

    /// <summary>Tries a few images: the first for what compiling adds, then others until the time is enough.</summary>
    /// <exception cref="BadInputException">One cannot be read, or there is none.</exception>
    internal static RunPlan Measure(OpenedEvaluation opened, int cases, int cores)
    {
        var (run, threads, units) = (opened.Run, opened.Workers.Count, opened.Run.Settings.UnitCount);
        if (units == 0)
        {
            throw new BadInputException($"{run.Settings.Data}: there are no images in this part of the data, so none can be tried");
        }

        var opening = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds;
        var first = run.Time(0);
        var (times, clock) = (new List<CaseTimes>(), Stopwatch.StartNew());
        for (var i = 0; times.Count == 0 || (times.Count < units && clock.Elapsed < enough); i++)
        {
            times.Add(run.Time((i + 1) % units));
        }

        var mean = CaseTimes.Mean(times);
        return new(run, threads, times.Count, mean, new(
            mean.Total, opening + Math.Max(0, first.Total - mean.Total), mean.Merge, Efficiency(opened, mean.Total), cases, cores));
    }

    /// <summary>For people.</summary>
    internal void Write(TextWriter output, double? price)
    {
        output.WriteLine(
            $"{Cost.Cases} images, {Lines} results on {Cores(Cost.Cores)}: about {Clock(Cost.WallSeconds)} (h:mm:ss), "
                + string.Create(CultureInfo.InvariantCulture, $"{Cost.CoreHours:0.###} core hours")
                + (price is { } hour
                    ? string.Create(CultureInfo.InvariantCulture, $", {Cost.CoreHours * hour:0.00} at {hour} an hour")
                    : "")
                + $"; {Machine.PeakMemory:0} MB of memory a part.");
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"An image takes {Milliseconds(Times.Total / Cost.Efficiency)}: reading {Milliseconds(Times.Read)}; start "
                    + $"{Cost.Start:0.0} s a part; merging {Cost.MergeSeconds:0.0} s in all; a core beside {Threads - 1} others has "
                    + $"{100 * Cost.Efficiency:0} % of its rate."));
        foreach (var (model, methods, times) in Run.Settings.Models.Zip(Run.Settings.Methods, Times.Models))
        {
            output.WriteLine(
                $"{model.Name}: recorded run {Milliseconds(times.Forward)}, measuring {Milliseconds(times.Measure)}"
                    + Again(times, methods.Count));
            output.WriteLine(
                $"  maps: {string.Join(", ", methods.Zip(times.Maps, (method, seconds) => $"{method} {Milliseconds(seconds)}"))}");
        }

        output.WriteLine(
            $"Measured on {Tried} of the images. The run can be stopped and continued (--resume) and shared among machines (--shard).");
    }

    /// <summary>For machines.</summary>
    internal JsonObject Json(double? price) => new()
    {
        ["test"] = Run.Settings.Measure,
        ["images"] = Cost.Cases,
        ["results"] = Lines,
        ["threads"] = Threads,
        ["cores"] = Cost.Cores,
        ["tried_images"] = Tried,
        ["seconds_per_image"] = Times.Total / Cost.Efficiency,
        ["seconds"] = Cost.WallSeconds,
        ["core_hours"] = Cost.CoreHours,
        ["price"] = price is { } hour ? Cost.CoreHours * hour : null,
        ["start_seconds"] = Cost.Start,
        ["merge_seconds"] = Cost.MergeSeconds,
        ["efficiency"] = Cost.Efficiency,
        ["read_seconds"] = Times.Read,
        ["models"] = new JsonArray([.. Run.Settings.Models.Zip(Run.Settings.Methods, Times.Models).Select(each => new JsonObject
        {
            ["name"] = each.First.Name,
            ["forward_seconds"] = each.Third.Forward,
            ["measure_seconds"] = each.Third.Measure,
            ["runs_per_map"] = Run.Measure.RunsOfMap,
            ["map_seconds"] = new JsonObject(each.Second.Zip(each.Third.Maps, (method, seconds) =>
                KeyValuePair.Create(method, (JsonNode?)seconds))),
        })]),
        ["peak_rss_mb"] = Math.Round(Machine.PeakMemory, 1),
    };

    // What threads lose by sharing memory and clock: each does one image, all at once, and each image takes more of the processors' time.
    private static double Efficiency(OpenedEvaluation opened, double alone)
    {
        var threads = opened.Workers.Count;
        if (threads == 1 || opened.Run.Settings.UnitCount < threads)
        {
            return 1;
        }

        var (clock, done, before) = (Stopwatch.StartNew(), 0, Environment.CpuUsage.TotalTime);
        do
        {
            opened.Run.Run(opened.Workers, 0, threads, _ => done++);
        }
        while (clock.Elapsed < enough / 2);
        return Math.Clamp(done * alone / (Environment.CpuUsage.TotalTime - before).TotalSeconds, 0.01, 1);
    }

    private string Again(ModelTimes times, int maps)
        => Run.Measure.RunsOfMap is { } runs
            ? $" ({runs} runs a map, {maps} maps: {Milliseconds(times.Measure / (runs * maps))} each)"
            : "";

    private static string Milliseconds(double seconds)
        => string.Create(CultureInfo.InvariantCulture, $"{1000 * seconds:0.#} ms");

    private static string Clock(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        return $"{(int)time.TotalHours}:{time:mm\\:ss}";
    }

    private static string Cores(int count) => count == 1 ? "one core" : $"{count} cores";
}
