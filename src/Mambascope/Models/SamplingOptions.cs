namespace Mambascope.Models;

/// <summary>How the next token is chosen from a model's scores. By default greedily: the most likely one.</summary>
public sealed record SamplingOptions
{
    /// <summary>Scores are divided by it: below 1 more daring differences, above 1 flatter ones; 0 takes the most likely token.</summary>
    public double Temperature { get; init; }

    /// <summary>Only so many of the most likely tokens can be chosen; null for all.</summary>
    public int? TopK { get; init; }

    /// <summary>Only the fewest tokens whose probabilities together reach this share can be chosen; null for all.</summary>
    public double? TopP { get; init; }

    /// <summary>Seed of the draws: the same seed, model and text give the same continuation.</summary>
    public int Seed { get; init; }
}
