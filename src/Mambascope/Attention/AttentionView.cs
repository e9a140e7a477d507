namespace Mambascope.Attention;

/// <summary>Which part of a mixer a hidden attention matrix stands for.</summary>
public enum AttentionView
{
    /// <summary>The scan alone: y = alpha u (Ali, Zimerman and Wolf).</summary>
    S6,

    /// <summary>The whole mixer from x-branch to gated output: T' x + b' = gated, with convolution, SiLU, skip and gate.</summary>
    Block,
}

/// <summary>Which scan directions of a bidirectional mixer to take.</summary>
public enum ScanDirections
{
    /// <summary>All of them, added up.</summary>
    Both,

    /// <summary>From the first token to the last.</summary>
    Forward,

    /// <summary>From the last token to the first; the matrix is in token order all the same.</summary>
    Backward,
}

/// <summary>How the matrices of all channels become one.</summary>
public enum ChannelReduction
{
    /// <summary>Mean over channels.</summary>
    Mean,

    /// <summary>Mean of absolute values.</summary>
    AbsoluteMean,

    /// <summary>Largest value.</summary>
    Max,

    /// <summary>Smallest value.</summary>
    Min,

    /// <summary>Product of all channels. Leaves the range of float quickly; kept because the paper's ablation has it.</summary>
    Product,
}
