using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Mambascope.Cli.Benchmarking;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>Time and memory of an evaluation, from a few of its own images.</summary>
internal sealed class PlanVerb : Verb
{
    private const int WarmUp = 2;
    private static readonly TimeSpan enough = TimeSpan.FromSeconds(8);

    private static readonly IReadOnlyList<string> names = MeasureRegistry.NamesOf(CaseKind.Picture);

    private readonly Argument<string> measure = new("TEST") { Description = $"{string.Join(", ", names)}; with its standard settings" };
    private readonly PictureInput input = PictureInput.Any();

    internal PlanVerb() : base("plan", "How long an evaluation will take and how much memory, measured on a few of its images")
    {
        Add(measure);
        input.AddTo(this);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
        [("mambascope evaluate plan perturbation --model vim_s.pth --data imagenet/val", "before a long run")];

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        var name = session.Arguments.GetValue(measure)!;
        using var opened = input.Open(session, names.Contains(name, StringComparer.Ordinal)
            ? MeasureRegistry.Standard(name)
            : throw new UsageException($"{name}: expected one of {string.Join(", ", names)}"));
        var units = opened.Run.Settings.Units.Count;
        var (seconds, images) = session.Progress.During("trying a few images", () => Measure(opened, units));
        var perImage = seconds / images;
        var total = TimeSpan.FromSeconds(perImage * units);
        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["test"] = name,
                ["images"] = units,
                ["results"] = units * opened.Run.Settings.LinesPerUnit,
                ["threads"] = opened.Workers.Count,
                ["tried_images"] = images,
                ["seconds_per_image"] = perImage,
                ["seconds"] = total.TotalSeconds,
                ["peak_rss_mb"] = Math.Round(Machine.PeakMemory, 1),
            });
            return;
        }

        session.Out.WriteLine(
            $"{units} images, {units * opened.Run.Settings.LinesPerUnit} results, {opened.Workers.Count} threads: about "
                + $"{(int)total.TotalHours}:{total:mm\\:ss} (h:mm:ss), {1000 * perImage:0} ms an image, {Machine.PeakMemory:0} MB of "
                + "memory.");
        session.Out.WriteLine(
            $"Measured on {images} of the images. The run can be stopped and continued (--resume) and shared among machines (--shard).");
    }

    // All threads at work, as in the run itself; the first images warm up.
    private static (double Seconds, int Images) Measure(OpenedEvaluation opened, int units)
    {
        var threads = opened.Workers.Count;
        var first = Math.Min(WarmUp * threads, Math.Max(0, units - threads));
        opened.Run.Run(opened.Workers, 0, Math.Max(first, 1), _ => { });
        var clock = Stopwatch.StartNew();
        var images = 0;
        for (var at = first; at < units && clock.Elapsed < enough; at += 2 * threads)
        {
            opened.Run.Run(opened.Workers, at, 2 * threads, _ => images++);
        }

        return (clock.Elapsed.TotalSeconds, Math.Max(images, 1));
    }
}
