using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Sanity;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>What is left of maps when the model forgets.</summary>
internal sealed class SanityVerb : MeasureVerb
{
    private readonly Option<int?> steps = OptionKinds.Whole(
        "--steps",
        "N",
        "Steps of the cascade to look at, evenly from the classifier alone to all weights; 1 for all weights at once [default: "
            + $"{RandomisedModel.StandardSteps}]",
        1);

    private readonly Option<int?> draws = OptionKinds.Whole(
        "--draws",
        "N",
        $"Models with all weights randomised at once, the cascade's last among them [default: {RandomisedModel.StandardDraws}]",
        1);

    internal SanityVerb()
        : base("sanity", "Does a map change when the model forgets what it learned? Parameter randomisation", PictureInput.Any())
    {
        Add(steps);
        Add(draws);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate sanity --method raw,rollout,attribution,mamba-lrp --data fashion-scenes:test:50",
            "class-agnostic and class-specific methods side by side"),
        ("mambascope evaluate sanity --steps 12 --out sanity", "a finer cascade, with curves in the report"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "The values of each array of weights are put in random order (from --seed), the classifier first, then block by block down to "
        + "the patch\nembedding; all pictures see the same randomised models. Rank correlation (Spearman) and SSIM of maps on the patch "
        + "grid. After Adebayo et "
        + "al. 2018,\nwho draw new weights; a permutation keeps their scale.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session)
        => new SanityMeasure(
            session.Arguments.GetValue(steps) ?? RandomisedModel.StandardSteps,
            session.Arguments.GetValue(draws) ?? RandomisedModel.StandardDraws);
}
