namespace Mambascope.Cli.Verbs.Evaluate.Series;

/// <summary>Measures explanations of series and tables; each measure is a verb of its own below this one.</summary>
internal sealed class SeriesVerb : Verb
{
    internal SeriesVerb()
        : base(
            "series", "Measures explanations of series and tables: how well maps say which steps or columns matter")
    {
        Add(new SeriesPlantedVerb());
        Add(new SeriesPerturbationVerb());
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate series perturbation --data GunPoint_TEST.ts --model my-model",
            "does the answer go where the map says it should?"),
        (
            "mambascope evaluate series planted --data motifs:500 --model motif-model",
            "the steps that matter are known: does the map find them?"),
    ];

    /// <inheritdoc/>
    internal override void Execute(Session session)
        => throw new UsageException(
            $"evaluate series by what? One of {string.Join(", ", Subcommands.Select(verb => verb.Name))}; see mambascope evaluate series "
                + "--help");
}
