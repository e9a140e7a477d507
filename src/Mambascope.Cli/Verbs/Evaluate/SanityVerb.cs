using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Sanity;
using Mambascope.Models;

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

    private readonly Option<string[]> against = new("--against")
    {
        Description =
            "Model trained on shuffled labels, of the same architecture and sizes as a --model: its maps stand beside that model's (data "
                + "randomisation); repeat for several models, each finds its own. demo-vim-shuffled and demo-deit-shuffled ship",
        HelpName = "MODEL",
    };

    private readonly List<ImageClassifier> twins = [];

    internal SanityVerb()
        : base(
            "sanity",
            "Does a map change when the model forgets what it learned, or learned nothing? Randomised weights and labels, shifted input",
            PictureInput.Any())
    {
        Add(steps);
        Add(draws);
        against.CompletionSources.Add([.. ModelSpecification.Shipped()]);
        Add(against);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate sanity --method raw,rollout,attribution,mamba-lrp --data fashion-scenes:test:50",
            "class-agnostic and class-specific methods side by side"),
        (
            "mambascope evaluate sanity --model demo-vim --against demo-vim-shuffled --data fashion-scenes:test:50",
            "beside a model that was trained on shuffled labels, too"),
        ("mambascope evaluate sanity --steps 12 --out sanity", "a finer cascade, with curves in the report"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "The values of each array of weights are put in random order (from --seed), the classifier first, then block by block down to "
        + "the patch\nembedding; all pictures see the same randomised models. Rank correlation (Spearman) and SSIM of maps on the patch "
        + "grid. After Adebayo et "
        + "al. 2018,\nwho draw new weights; a permutation keeps their scale.\n"
        + "Input invariance after Kindermans et al. 2017: every pixel plus one standard deviation, which the first layer's bias takes "
        + "back;\nnot measured where that layer is a padded convolution.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        try
        {
            base.Execute(session);
        }
        finally
        {
            twins.ForEach(twin => twin.Dispose());
        }
    }

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session)
    {
        foreach (var name in session.Arguments.GetValue(against) ?? [])
        {
            twins.Add(ModelOptions.Open(session, name));
        }

        return new SanityMeasure(
            session.Arguments.GetValue(steps) ?? RandomisedModel.StandardSteps,
            session.Arguments.GetValue(draws) ?? RandomisedModel.StandardDraws,
            against: twins.Count == 0 ? null : [.. twins.Select(twin => ShuffledTwin.Of(PictureModel.Of(twin)))]);
    }
}
