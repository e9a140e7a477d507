using System.CommandLine;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Segmentation;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>Maps as masks and boxes that nobody drew.</summary>
internal sealed class WeakSupervisionVerb : MeasureVerb
{
    private readonly Option<MapThreshold?> threshold = OptionKinds.Threshold(
        "--threshold", "Where a map, enlarged and scaled to 0..1, begins to be foreground [default: mean]");

    internal WeakSupervisionVerb()
        : base(
            "weak-supervision",
            "Masks and boxes made of maps beside true ones: mask IoU, CorLoc, MaxBoxAcc",
            PictureInput.Any(),
            scoresMaps: true) => Add(threshold);

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope evaluate weak-supervision --threshold otsu", "the shipped model on 200 scenes"),
        (
            "mambascope evaluate weak-supervision --model vim_s.pth --data gtsegs_ijcv.mat --out weak --resume",
            "a released checkpoint on ImageNet-Segmentation"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "A box is right from an IoU of 0.5 with a true one, which are the boxes around the connected regions of the mask. The masks and "
            + "boxes of\n"
            + "one picture are written by explain --mask and --boxes.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session)
        => new WeakSupervisionMeasure(session.Arguments.GetValue(threshold) ?? MapThreshold.Mean);
}
