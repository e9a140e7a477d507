namespace Mambascope.Models;

/// <summary>Where the classifier of a Vision Mamba reads.</summary>
public enum ClassTokenKind
{
    /// <summary>A class token in the middle of the sequence, before patch M/2 (all released models).</summary>
    Middle,

    /// <summary>A class token before the first patch.</summary>
    First,

    /// <summary>No class token: the mean of all tokens after the final norm.</summary>
    MeanPool,
}

/// <summary>Sizes of a Vision Mamba. Square images and patches.</summary>
public sealed record VisionMambaConfig
{
    internal const float StandardNormEpsilon = 1e-5f;

    /// <summary>Side of the image, pixels.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Colour channels of the input: 3, or 1 for grey-scale.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Side of a patch, pixels.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>Pixels from one patch to the next.</summary>
    public int Stride { get; init; } = 16;

    /// <summary>Width of the residual stream, d.</summary>
    public required int Width { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Channels inside a mixer, E.</summary>
    public required int InnerWidth { get; init; }

    /// <summary>States of a channel, N.</summary>
    public int StateSize { get; init; } = 16;

    /// <summary>Taps of the causal convolution, K.</summary>
    public int ConvWidth { get; init; } = 4;

    /// <summary>Rank of the step size projection, R.</summary>
    public required int DtRank { get; init; }

    /// <summary>Outputs of the classifier.</summary>
    public required int Classes { get; init; }

    /// <summary>Where the classifier reads.</summary>
    public ClassTokenKind ClassToken { get; init; } = ClassTokenKind.Middle;

    /// <summary>Whether the sum of the two directions is halved ("div2" in the names of the released models).</summary>
    public bool HalveDirections { get; init; } = true;

    /// <summary>Added to the mean square in every RMS norm.</summary>
    public float NormEpsilon { get; init; } = StandardNormEpsilon;

    /// <summary>Patches along one side.</summary>
    public int GridSize => ((ImageSize - PatchSize) / Stride) + 1;

    /// <summary>All patches, M.</summary>
    public int Patches => GridSize * GridSize;

    /// <summary>Tokens in the sequence, L: the patches and the class token.</summary>
    public int Length => Patches + (ClassToken == ClassTokenKind.MeanPool ? 0 : 1);

    /// <summary>Index of the class token in the sequence, or -1.</summary>
    public int ClassTokenIndex => ClassToken switch
    {
        ClassTokenKind.Middle => Patches / 2,
        ClassTokenKind.First => 0,
        _ => -1,
    };
}
