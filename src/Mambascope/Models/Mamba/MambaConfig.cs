namespace Mambascope.Models;

/// <summary>Sizes of a Mamba language model.</summary>
public sealed record MambaConfig
{
    /// <summary>Rows of the embedding, padding included.</summary>
    public required int VocabularySize { get; init; }

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

    /// <summary>Added to the mean square in every RMS norm.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Whether the head is the embedding, read the other way.</summary>
    public bool IsHeadTied { get; init; } = true;

    /// <summary>Whether in_proj and out_proj have biases (no released model).</summary>
    public bool HasProjectionBias { get; init; }

    /// <summary>Whether the convolution has a bias (all released models).</summary>
    public bool HasConvBias { get; init; } = true;

    /// <summary>
    /// Falcon-Mamba: added to the mean square by which the low-rank step, B and C are normalised; null where they are not.
    /// </summary>
    public float? MixerNormEpsilon { get; init; }
}
