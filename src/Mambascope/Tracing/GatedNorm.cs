using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Tracing;

/// <summary>
/// The RMS norm between a mixer's scans and out_proj (Mamba-2): gain ⊙ input / rms(input), the root mean square over groups of channels.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Input">What is normalised, (Batch, L, E): (y + D u) ⊙ silu(z), or y + D u where the gate comes after the norm.</param>
/// <param name="Gain">norm.weight (E).</param>
/// <param name="Epsilon">Added to the mean square.</param>
/// <param name="Groups">
/// Groups of neighbouring channels that are normalised apart: 1 (Hugging Face), or the scan's groups (original release).
/// </param>
public sealed record GatedNorm<T>(Value<T> Input, Weight Gain, float Epsilon, int Groups)
    where T : unmanaged;
