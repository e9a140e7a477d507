using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;

namespace Mambascope.Cli.Verbs.Evaluate;

/// <summary>Maps as masks of the object.</summary>
internal sealed class SegmentationVerb()
    : MeasureVerb(
        "segmentation", "Maps as foreground masks beside true ones: pixel accuracy, mIoU, mAP, F1", PictureInput.Any(), scoresMaps: true)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope evaluate segmentation --model demo-vim --model demo-deit", "the shipped pair on 200 scenes with exact masks"),
        (
            "mambascope evaluate segmentation --model vim_s.pth --data gtsegs_ijcv.mat --out table2 --resume",
            "a released checkpoint on ImageNet-Segmentation"),
        ("mambascope evaluate segmentation --maps maps.safetensors --json", "maps from anywhere, without a model"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "A map is enlarged to the picture and min-maxed; above its own mean it is foreground. Pictures are resized to the model's size "
            + "without\n"
            + "regard to their shape, masks likewise by the nearest pixel, as in the released test.";

    /// <inheritdoc/>
    internal override IMeasure Measure(Session session) => new SegmentationMeasure();
}
