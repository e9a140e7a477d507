namespace Mambascope.Models;

/// <summary>Sizes of a MedMamba. Its mixers see half of the channels: their inner width is the stage's.</summary>
public sealed record MedMambaConfig
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
    public int StateSize { get; init; } = 16;

    /// <summary>Outputs of the classifier.</summary>
    public required int Classes { get; init; }

    /// <summary>Added to the variance in every layer norm and batch norm.</summary>
    public float NormEpsilon { get; init; } = StandardNormEpsilon;

    /// <summary>Sizes of a release from depth and first width, for the six classes of the published constructors.</summary>
    internal static MedMambaConfig Of(int width, int depth)
    {
        int[] widths = [width, 2 * width, 4 * width, 8 * width];
        return new()
        {
            Depths = [2, 2, depth, 2],
            Widths = widths,
            InnerWidths = widths,
            DtRanks = [.. widths.Select(d => (d + 31) / 32)],
            Classes = 6,
        };
    }
}
