namespace Mambascope.Models;

/// <summary>Sizes of a vision transformer. Square images and patches, class token first.</summary>
public sealed record VisionTransformerConfig
{
    /// <summary>Side of the image, pixels.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Colour channels of the input: 3, or 1 for grey-scale.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Side of a patch, pixels; patches do not overlap.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>Width of the residual stream, d.</summary>
    public required int Width { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Heads of each block's attention, H; d / H channels each.</summary>
    public required int Heads { get; init; }

    /// <summary>Width inside the MLP.</summary>
    public required int MlpWidth { get; init; }

    /// <summary>Outputs of the classifier.</summary>
    public required int Classes { get; init; }

    /// <summary>Added to the variance in every layer norm: 1e-6 in timm, often 1e-12 in Hugging Face files.</summary>
    public float NormEpsilon { get; init; } = 1e-6f;

    /// <summary>Patches along one side.</summary>
    public int GridSize => ImageSize / PatchSize;

    /// <summary>All patches, M.</summary>
    public int Patches => GridSize * GridSize;

    /// <summary>Tokens in the sequence, L: the class token and the patches.</summary>
    public int Length => Patches + 1;
}
