namespace Mambascope.Attention;

/// <summary>Which part of a mixer a hidden attention matrix stands for.</summary>
public enum AttentionView
{
    /// <summary>The scan alone: y = alpha u (Ali, Zimerman and Wolf).</summary>
    S6,

    /// <summary>
    /// The whole mixer from x-branch to gated output: T' x + b' = gated, with convolution, SiLU, skip and gate (and the gate's norm).
    /// </summary>
    Block,

    /// <summary>
    /// The mixer from x-branch to what the gate receives, y + D u: convolution, SiLU and skip, without gate and its norm.
    /// </summary>
    BeforeGate,
}

/// <summary>Which scan directions of a mixer with several to take.</summary>
public enum ScanDirections
{
    /// <summary>All of them, added up.</summary>
    Both,

    /// <summary>From the first token to the last.</summary>
    Forward,

    /// <summary>From the last token to the first; the matrix is in token order all the same.</summary>
    Backward,

    /// <summary>Of a mixer that scans a picture four ways: column by column, from the top left.</summary>
    Columns,

    /// <summary>The same backwards, from the bottom right.</summary>
    ColumnsBackward,
}

/// <summary>How the matrices of all channels become one.</summary>
public enum ChannelReduction
{
    /// <summary>Mean over channels.</summary>
    Mean,

    /// <summary>Largest value.</summary>
    Max,

    /// <summary>Smallest value.</summary>
    Min,

    /// <summary>
    /// Product of all channels, brought back to the scale of one: the sign of the product times the geometric mean of the absolute
    /// values. (The bare product of hundreds of channels leaves the range of any float; the order of entries is the same.)
    /// </summary>
    Product,
}
