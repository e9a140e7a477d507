using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Faithfulness;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Perturbation;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>Relevance as a forecast of what erasing does.</summary>
internal sealed class FaithfulnessVerb : MeasureVerb
{
    private static readonly PatchSampling standard = new();

    private readonly Option<int?> samples = OptionKinds.Whole(
        "--samples", "N", $"Random subsets of patches for each picture [default: {standard.Samples}]", 2);
    private readonly Option<double?> share = OptionKinds.Share(
        "--share", "SHARE", $"Share of the patches in a subset, above 0 and below 1 [default: {standard.Share}]");

    private readonly Option<string> eraser = OptionKinds.Choice(
        "--eraser",
        $"What stands in the place of an erased patch [default: {standard.Eraser.Name}]",
        [.. Erasers.All.Select(each => (each.Name, each.Name))]);

    internal FaithfulnessVerb()
        : base(
            "faithfulness",
            "Does a map foretell what erasing patches does to the score? Infidelity, faithfulness correlation",
            PictureInput.Any())
    {
        Add(samples);
        Add(share);
        Add(eraser);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope evaluate faithfulness --method attribution,mamba-lrp,input-x-gradient",
            "methods that depend on the class, on 200 scenes"),
        (
            "mambascope evaluate faithfulness --model vim_s.pth --data imagenet/val --eraser blur --samples 128",
            "a released checkpoint, more subsets"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "The model is asked once for each subset; all methods are judged by the same subsets, drawn from --seed and the number of the "
            + "picture.\n"
            + "Infidelity after Yeh et al. 2019, with the best scale of 0 or more for each map; correlation after Bhatt, Weller and Moura "
            + "2020.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session)
    {
        var arguments = session.Arguments;
        var part = arguments.GetValue(share) ?? standard.Share;
        return part is > 0 and < 1
            ? new FaithfulnessMeasure(new()
            {
                Samples = arguments.GetValue(samples) ?? standard.Samples,
                Share = part,
                Eraser = arguments.GetValue(eraser) is { } name ? Erasers.Find(name) : standard.Eraser,
            })
            : throw new UsageException($"--share {part}: expected a number above 0 and below 1");
    }
}
