using Mambascope.Autodiff;

namespace Mambascope.Tracing;

/// <summary>
/// What one mixer computed: what its matrices and their check are made of. How it mixed tokens is the matter of Attention.TokenMixing.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Output">What the mixer gave, before the residual sum (Batch, L, d).</param>
public abstract record MixerTrace<T>(Value<T> Output)
    where T : unmanaged
{
    /// <summary>What the mixer is made of.</summary>
    public abstract MixerShape Shape { get; }

    /// <summary>Values whose gradients the attribution methods read.</summary>
    public abstract IEnumerable<Value<T>> Explained { get; }
}
