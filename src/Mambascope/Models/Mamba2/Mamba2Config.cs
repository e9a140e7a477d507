namespace Mambascope.Models;

/// <summary>Sizes of a Mamba-2 language model.</summary>
public sealed record Mamba2Config
{
    /// <summary>Rows of the embedding, padding included.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream, d.</summary>
    public required int Width { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Channels inside a mixer, E.</summary>
    public required int InnerWidth { get; init; }

    /// <summary>Heads, H; E / H channels each.</summary>
    public required int Heads { get; init; }

    /// <summary>States of a channel, N.</summary>
    public int StateSize { get; init; } = 128;

    /// <summary>Groups of heads with B and C of their own, G.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Taps of the causal convolution, K.</summary>
    public int ConvWidth { get; init; } = 4;

    /// <summary>Added to the mean square in every RMS norm.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>
    /// Whether the gated norm is taken over each group's channels (original release) or over the whole width (Hugging Face).
    /// </summary>
    public bool NormalisesGroups { get; init; }

    /// <summary>Whether D is one a channel, not one a head.</summary>
    public bool HasSkipPerChannel { get; init; }

    /// <summary>Least step size.</summary>
    public float LeastStep { get; init; }

    /// <summary>Greatest step size.</summary>
    public float GreatestStep { get; init; } = float.PositiveInfinity;

    /// <summary>Whether the head is the embedding, read the other way.</summary>
    public bool IsHeadTied { get; init; } = true;

    /// <summary>Whether in_proj and out_proj have biases (no released model).</summary>
    public bool HasProjectionBias { get; init; }

    /// <summary>Whether the convolution has a bias (all released models).</summary>
    public bool HasConvBias { get; init; } = true;

    /// <summary>Groups of channels over which the gated norm is taken.</summary>
    public int NormGroups => NormalisesGroups ? Groups : 1;

    /// <summary>Channels of the convolution: x, B and C, E + 2 G N.</summary>
    public int ConvChannels => InnerWidth + (2 * Groups * StateSize);
}
