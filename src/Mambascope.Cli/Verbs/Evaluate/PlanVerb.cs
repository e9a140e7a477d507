using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>Time, cost and memory of an evaluation, from a few of its own images.</summary>
internal sealed class PlanVerb : Verb
{
    private static readonly IReadOnlyList<string> names = MeasureRegistry.NamesOf(CaseKind.Picture);

    private readonly Argument<string> measure = new("TEST") { Description = $"{string.Join(", ", names)}; with its standard settings" };
    private readonly PictureInput input = PictureInput.Any();
    private readonly Option<int?> cores = OptionKinds.Whole(
        "--cores", "N", "Cores of machines like this one, a part on each [default: this run's threads]", 1, 1_000_000);
    private readonly Option<double?> price = OptionKinds.Number("--price", "MONEY", "What a core costs an hour, in any currency");
    private readonly Option<int?> pictures = OptionKinds.Whole(
        "--pictures", "N", "Plan for so many pictures, measured on those of --data [default: as many as there are]", 1, 1 << 30);

    internal PlanVerb() : base("plan", "How long an evaluation will take and what it costs, measured on a few of its images")
    {
        Add(measure);
        input.AddTo(this);
        Add(cores);
        Add(price);
        Add(pictures);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope evaluate plan perturbation --model vim_s.pth --data imagenet/val", "before a long run"),
        (
            "mambascope evaluate plan perturbation --model random:vim-small --pictures 50000 --cores 256 --price 0.04 --threads 1",
            "what all of ImageNet's validation set would take and cost on 256 cores, without having it"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "One picture after another is explained and measured on one thread, and each step timed; with several threads, all are "
        + "then put to "
        + "work at\n"
        + "once, and what they lose by sharing a machine is taken into account. Start and merge are not divided among cores. Steps "
        + "are timed by the\n"
        + "processor's clock, so that other programs on this machine do not count. Memory is that of one run.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        var arguments = session.Arguments;
        var name = arguments.GetValue(measure)!;
        if (arguments.GetValue(price) is { } given && (given < 0 || !double.IsFinite(given)))
        {
            throw new UsageException("--price: expected what a core costs an hour, 0 or more, for example 0.04");
        }

        using var opened = input.Open(session, names.Contains(name, StringComparer.Ordinal)
            ? MeasureRegistry.Standard(name)
            : throw new UsageException($"{name}: expected one of {string.Join(", ", names)}"));
        var plan = session.Progress.During("trying a few images", () => RunPlan.Measure(
            opened, arguments.GetValue(pictures) ?? opened.Run.Settings.UnitCount, arguments.GetValue(cores) ?? opened.Workers.Count));
        if (session.Json)
        {
            session.WriteJson(plan.Json(arguments.GetValue(price)));
            return;
        }

        plan.Write(session.Out, arguments.GetValue(price));
    }
}
