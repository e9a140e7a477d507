using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Series;

namespace Mambascope.Cli.Verbs.Evaluate.Series;

/// <summary>The answer while steps or columns are taken away in the order of a map.</summary>
internal sealed class SeriesPerturbationVerb : MeasureVerb
{
    private readonly Option<SeriesSubstitute> substitute = OptionKinds.Choice(
        "--substitute",
        "What stands in the place of what is taken away: the channel's mean, noise of its mean and deviation, or the value before "
            + "[default: mean]",
        [("mean", SeriesSubstitute.Mean), ("noise", SeriesSubstitute.Noise), ("previous", SeriesSubstitute.Previous)]);

    internal SeriesPerturbationVerb()
        : base(
            "perturbation", "The answer while steps or columns are taken away, the most relevant first (positive) and last (negative)",
            new SeriesInput()) => Add(substitute);

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate series perturbation --data GunPoint_TEST.ts --model my-model --substitute previous --out table",
            "in the place of a step stands the one before"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Steps of 10 % of the tokens, rounded up. A token is a time step with all its channels (or as many steps as the model "
            + "joins), or "
            + "a column\nof a table.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session) => new SeriesPerturbationMeasure(session.Arguments.GetValue(substitute));
}
