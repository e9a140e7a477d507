using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Tracing;

/// <summary>
/// The norm between a mixer's scans and out_proj. RMS (Mamba-2): gain ⊙ input / rms(input), the root mean square over groups of channels.
/// Layer norm (VMamba), where there is an offset: gain ⊙ (input - mean) / deviation + offset.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Input">What is normalised, (Batch, L, E): (y + D u) ⊙ silu(z), or y + D u where the gate comes after the norm.</param>
/// <param name="Gain">norm.weight (E).</param>
/// <param name="Epsilon">Added to the mean square.</param>
/// <param name="Groups">
/// Groups of neighbouring channels that are normalised apart: 1 (Hugging Face), or the scan's groups (original release).
/// </param>
public sealed record GatedNorm<T>(Value<T> Input, Weight Gain, float Epsilon, int Groups)
    where T : unmanaged
{
    /// <summary>Offset (E) of a layer norm, which takes the mean over channels off; null for RMS.</summary>
    public Weight? Offset { get; init; }
}
