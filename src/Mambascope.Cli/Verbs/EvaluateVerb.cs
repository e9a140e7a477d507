using Mambascope.Cli.Verbs.Evaluate;
using Mambascope.Cli.Verbs.Evaluate.Series;
using Mambascope.Cli.Verbs.Evaluate.Text;

namespace Mambascope.Cli.Verbs;

/// <summary>Measures explanations; each measure is a verb of its own below this one.</summary>
internal sealed class EvaluateVerb : Verb
{
    internal EvaluateVerb()
        : base("evaluate", "Measures explanations: how well maps say what matters, for one model or several side by side")
    {
        Verb[] measures =
        [
            new PerturbationVerb(),
            new ErasersVerb(),
            new SegmentationVerb(),
            new LocalisationVerb(),
            new WeakSupervisionVerb(),
            new PointingVerb(),
            new FaithfulnessVerb(),
            new RobustnessVerb(),
            new SanityVerb(),
            new ComplexityVerb(),
            new AuditVerb(),
        ];
        Verb[] others =
            [new TextVerb(), new SeriesVerb(), new ReproduceVerb(), new PlanVerb(), new MergeVerb(), new SummaryVerb()];
        foreach (var verb in (Verb[])[.. measures, .. others])
        {
            Add(verb);
        }
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope evaluate perturbation", "the shipped model on 200 scenes: does accuracy fall where the map says it should?"),
        (
            "mambascope evaluate segmentation --model demo-vim --model demo-deit --out results",
            "both shipped models, with a report to read in a browser"),
        (
            "mambascope evaluate text planted --data selective-copying:200 --model A",
            "language models: does the map find the tokens that matter?"),
        (
            "mambascope evaluate series perturbation --data GunPoint_TEST.ts --model my-model",
            "models of series: does the answer go where the map says it should?"),
        ("mambascope evaluate pointing", "scenes with two garments: does the map for one lie on it?"),
    ];

    /// <inheritdoc/>
    internal override void Execute(Session session)
        => throw new UsageException(
            $"evaluate what? One of {string.Join(", ", Subcommands.Select(verb => verb.Name))}; see mambascope evaluate --help");
}
