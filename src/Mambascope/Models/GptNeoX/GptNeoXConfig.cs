namespace Mambascope.Models;

/// <summary>Sizes of a GPT-NeoX language model (Pythia).</summary>
public sealed record GptNeoXConfig
{
    /// <summary>Rows of the embedding, padding included.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream, d.</summary>
    public required int Width { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Heads of each block's attention, H; d / H channels each.</summary>
    public required int Heads { get; init; }

    /// <summary>Width inside the MLP, m.</summary>
    public required int MlpWidth { get; init; }

    /// <summary>Share of a head's channels that turn with the position.</summary>
    public double RotaryShare { get; init; } = 0.25;

    /// <summary>Base of the rotary frequencies.</summary>
    public double RotaryBase { get; init; } = 10000;

    /// <summary>
    /// Whether attention and MLP read the same residual stream and are added together; else the MLP reads what attention left.
    /// </summary>
    public bool IsParallel { get; init; } = true;

    /// <summary>Added to the variance in every layer norm.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Whether the head is the embedding, read the other way.</summary>
    public bool IsHeadTied { get; init; }

    /// <summary>Whether query_key_value and dense have biases (all released models).</summary>
    public bool HasAttentionBias { get; init; } = true;

    /// <summary>Channels of each head that turn with the position, rot; an even number.</summary>
    public int RotatedChannels => (int)(Width / Heads * RotaryShare) / 2 * 2;
}
