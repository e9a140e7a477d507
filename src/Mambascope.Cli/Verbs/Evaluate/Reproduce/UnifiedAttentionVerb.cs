using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Published;

namespace Mambascope.Cli.Verbs.Evaluate.Reproduce;

/// <summary>What is known of the tables of unified implicit attention.</summary>
internal sealed class UnifiedAttentionVerb()
    : FollowUpVerb(
        "uia", "Unified implicit attention (UIA): segmentation with the matrix of the whole mixer, beside the figures that are known",
        PictureInput.Any(), FollowUpTables.UnifiedAttention,
        ReleasedFile.Vim with { Option = "--model" }, ReleasedFile.Segmentation with { Option = "--data" })
{
    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate reproduce uia --model vim_s_midclstok_80p5acc.pth --data gtsegs_ijcv.mat --method "
                + "attribution,attribution+start-layer=15 --out uia --resume",
            "the mixer's whole matrix, from the first layer on and from layer 15 on as in the released script"),
    ];

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session) => new SegmentationMeasure();
}
