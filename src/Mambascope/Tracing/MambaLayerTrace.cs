using Mambascope.Autodiff;

namespace Mambascope.Tracing;

/// <summary>What one Mamba block computed.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Input">Residual stream entering the block (Batch, L, d).</param>
/// <param name="X">x-branch before the convolution (Batch, L, E); both directions read it.</param>
/// <param name="Z">Gate branch before SiLU (Batch, L, E).</param>
/// <param name="Directions">One trace a scan direction: one for a causal model, two for Vision Mamba.</param>
/// <param name="DirectionScale">Factor of the sum over directions: 1, or 1/2 where it is halved.</param>
/// <param name="Skipped">Sum over directions of y + D u, before the gate (Batch, L, E).</param>
/// <param name="Gated">The input of out_proj (Batch, L, E): scale (y + D u) ⊙ silu(z), and for Mamba-2 its norm.</param>
/// <param name="MixerOutput">Output of out_proj, before the residual sum (Batch, L, d).</param>
public sealed record MambaLayerTrace<T>(
    Value<T> Input, Value<T> X, Value<T> Z, IReadOnlyList<DirectionTrace<T>> Directions, float DirectionScale, Value<T> Skipped, Value<T> Gated, Value<T> MixerOutput)
    : LayerTrace<T>(Input, MixerOutput)
    where T : unmanaged
{
    /// <summary>The norm behind the gate; null where there is none.</summary>
    public GatedNorm<T>? Norm { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Value<T>> Explained => [Skipped, MixerOutput];
}
