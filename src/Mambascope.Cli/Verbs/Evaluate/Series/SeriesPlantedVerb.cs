using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Series;

namespace Mambascope.Cli.Verbs.Evaluate.Series;

/// <summary>Does a map find the steps that are known to matter?</summary>
internal sealed class SeriesPlantedVerb : MeasureVerb
{
    internal SeriesPlantedVerb()
        : base(
            "planted",
            "Planted truth: does a map find the steps that are known to decide the class (mass, AUC, pointing)",
            new SeriesInput())
    {
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate series planted --data motifs:500 --model motif-model --model motif-transformer --out table",
            "a Mamba and its attention twin, both trained on motifs:2000:train"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "The motif set is made anew from a seed each time: noise of 128 steps with one of four motifs of 16 steps at any place, and a "
            + "ramp as\nlarge elsewhere. The label is which motif; only the 16 steps decide it.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session) => new SeriesPlantedMeasure();
}
