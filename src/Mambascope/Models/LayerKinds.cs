namespace Mambascope.Models;

/// <summary>Kinds of mixer that a model's blocks have; a hybrid has both.</summary>
[Flags]
public enum LayerKinds
{
    /// <summary>No blocks.</summary>
    None = 0,

    /// <summary>Selective scans: hidden attention, one matrix a channel (or head) and direction.</summary>
    Mamba = 1,

    /// <summary>Softmax attention, one matrix a head.</summary>
    Attention = 2,
}
