using Mambascope.Autodiff;

namespace Mambascope.Tracing;

/// <summary>What one block computed; the kind of its mixer decides what else is there.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Input">Residual stream entering the block (Batch, L, d).</param>
/// <param name="MixerOutput">What the mixer (scan or attention) gave, before the residual sum (Batch, L, d).</param>
public abstract record LayerTrace<T>(Value<T> Input, Value<T> MixerOutput)
    where T : unmanaged
{
    /// <summary>Values whose gradients the attribution methods read.</summary>
    public abstract IEnumerable<Value<T>> Explained { get; }
}
