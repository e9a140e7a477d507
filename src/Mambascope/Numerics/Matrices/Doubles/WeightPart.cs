namespace Mambascope.Numerics;

/// <summary>What a relevance rule takes of a weight, or of what the weight is multiplied with; the rest counts as zero.</summary>
internal enum WeightPart
{
    /// <summary>W.</summary>
    All,

    /// <summary>W⁺ = max(W, 0).</summary>
    Positive,

    /// <summary>W⁻ = min(W, 0).</summary>
    Negative,

    /// <summary>|W|.</summary>
    Absolute,
}
