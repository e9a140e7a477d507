namespace Mambascope.Models;

/// <summary>Sizes of a VMamba, as far as its stages, stem and mixers differ between the releases.</summary>
public sealed record VMambaConfig
{
    internal const float StandardNormEpsilon = 1e-5f;

    /// <summary>Pixels of a picture as preprocessing makes it, from top to bottom; any size is read.</summary>
    public int ImageHeight { get; init; } = 224;

    /// <summary>Pixels from left to right.</summary>
    public int ImageWidth { get; init; } = 224;

    /// <summary>Colour channels of the input.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Blocks of each stage.</summary>
    public required IReadOnlyList<int> Depths { get; init; }

    /// <summary>Width of the residual stream in each stage, C.</summary>
    public required IReadOnlyList<int> Widths { get; init; }

    /// <summary>Channels inside the mixers of each stage, E.</summary>
    public required IReadOnlyList<int> InnerWidths { get; init; }

    /// <summary>Ranks of the step size projections of each stage, R.</summary>
    public required IReadOnlyList<int> DtRanks { get; init; }

    /// <summary>States of a channel, N.</summary>
    public required int StateSize { get; init; }

    /// <summary>Whether mixers have a gate (v0), or none ("noz").</summary>
    public required bool HasGate { get; init; }

    /// <summary>Whether the convolution of a mixer has a bias.</summary>
    public required bool HasConvBias { get; init; }

    /// <summary>Hidden channels of the MLP of each stage; 0 without MLPs.</summary>
    public required IReadOnlyList<int> MlpWidths { get; init; }

    /// <summary>Whether the stem is two convolutions ("v2"), not one of 4 x 4 pixels ("v1").</summary>
    public required bool HasConvStem { get; init; }

    /// <summary>Side of the convolution between stages: 3 ("v3") or 2 ("v2"); 0 for the merge of 2 x 2 tokens ("v1").</summary>
    public required int DownsampleKernel { get; init; }

    /// <summary>Outputs of the classifier.</summary>
    public required int Classes { get; init; }

    /// <summary>Added to the variance in every layer norm.</summary>
    public float NormEpsilon { get; init; } = StandardNormEpsilon;

    /// <summary>Sizes of a release from depth, first width and expansion, for 1000 classes.</summary>
    internal static VMambaConfig Of(bool isV0, int width, int depth, int ratio)
    {
        int[] widths = [width, 2 * width, 4 * width, 8 * width];
        return new()
        {
            Depths = [2, 2, depth, 2],
            Widths = widths,
            InnerWidths = [.. widths.Select(d => ratio * d)],
            DtRanks = [.. widths.Select(d => (d + 15) / 16)],
            StateSize = isV0 ? 16 : 1,
            HasGate = isV0,
            HasConvBias = isV0,
            MlpWidths = [.. widths.Select(d => isV0 ? 0 : 4 * d)],
            HasConvStem = !isV0,
            DownsampleKernel = isV0 ? 0 : 3,
            Classes = 1000,
        };
    }

    /// <summary>
    /// Sizes of a small new model, v05: as many stages as leave at least 4 x 4 tokens (three at most), two blocks in each but the last,
    /// which has the rest; MLPs half as wide as in the releases.
    /// </summary>
    internal static VMambaConfig Small(PictureSizes sizes)
    {
        const int MostStages = 3;
        const int LeastSide = 4;
        var (stages, next) = (1, ((sizes.ImageSize / Mixers.Stem.Patch) + 1) / 2);
        while (stages < MostStages && next >= LeastSide && sizes.Depth > 2 * stages)
        {
            stages++;
            next = (next + 1) / 2;
        }

        int[] widths = [.. Enumerable.Range(0, stages).Select(stage => sizes.Width << stage)];
        return new()
        {
            ImageHeight = sizes.ImageSize,
            ImageWidth = sizes.ImageSize,
            Depths = [.. Enumerable.Repeat(2, stages - 1), sizes.Depth - (2 * (stages - 1))],
            Widths = widths,
            InnerWidths = [.. widths.Select(d => 2 * d)],
            DtRanks = [.. widths.Select(d => (d + 15) / 16)],
            StateSize = 1,
            HasGate = false,
            HasConvBias = false,
            MlpWidths = [.. widths.Select(d => 2 * d)],
            HasConvStem = true,
            DownsampleKernel = stages == 1 ? 0 : 3,
            Classes = sizes.Classes,
        };
    }
}
