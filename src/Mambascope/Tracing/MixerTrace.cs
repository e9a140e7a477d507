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

    /// <summary>
    /// Share of the residual stream's channels that the mixer reads and writes; the others pass it by: the tokens of its layer are
    /// combined by I + Share M. 1 but for models that split the channels (MedMamba: 1/2).
    /// </summary>
    public double Share { get; init; } = 1;

    /// <summary>Constant factor of the output on its way into the residual stream.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The same with another factor in front of the one that is there; itself where that is 1.</summary>
    internal MixerTrace<T> Scaled(double factor) => factor == 1 ? this : this with { Factor = Factor * factor };

    /// <summary>Values whose gradients the attribution methods read.</summary>
    public abstract IEnumerable<Value<T>> Explained { get; }
}
