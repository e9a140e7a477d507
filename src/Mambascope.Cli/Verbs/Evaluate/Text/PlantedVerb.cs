using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Texts;

namespace Mambascope.Cli.Verbs.Evaluate.Text;

/// <summary>Does a map find the tokens that are known to matter?</summary>
internal sealed class PlantedVerb()
    : MeasureVerb(
        "planted", "Does a map find the tokens that are known to matter? AUC, average precision, recall", new TextInput("planted-mamba"))
{
    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate text planted --data selective-copying:200 --model planted-mamba --model planted-neox --method "
                + "raw,rollout,attribution --out planted",
            "the two shipped models that were trained on such texts, side by side, with a report"),
        ("mambascope evaluate text planted --data induction:1000 --model A --out induction --resume", "can be stopped and continued"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Works on all data that say which tokens matter. Tokens are ranked by relevance; the asked token takes part only where it is "
        + "evidence itself.\n"
        + "Every figure stands also for the questions that the model answered rightly: a map of a wrong answer need not show what the "
        + "right one needs.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session) => new PlantedMeasure();
}
