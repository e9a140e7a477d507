using Mambascope.Autodiff;

namespace Mambascope.Tracing;

/// <summary>What one layer computed, between the residual streams before and behind it.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Input">Residual stream entering the layer (Batch, L, d).</param>
/// <param name="Output">Residual stream behind the layer, its MLP included (Batch, L, d).</param>
/// <param name="Layout">What the tokens stand for.</param>
/// <param name="Mixers">
/// What mixed the tokens: nothing in a layer that works on each token alone, two where a scan and attention run side by side.
/// </param>
public sealed record LayerTrace<T>(Value<T> Input, Value<T> Output, TokenLayout Layout, IReadOnlyList<MixerTrace<T>> Mixers)
    where T : unmanaged
{
    /// <summary>
    /// How the tokens of this layer came from those of the layer before it (of the first layer: from <see cref="Trace{T}.Tokens"/>); null
    /// where they are the same tokens.
    /// </summary>
    public TokenMerge<T>? Merge { get; init; }

    /// <summary>
    /// What each part added to the residual stream, MLPs included, in the order of the layer; empty where nothing is said.
    /// </summary>
    public IReadOnlyList<LayerPart<T>> Parts { get; init; } = [];

    /// <summary>Values whose gradients the attribution methods read.</summary>
    public IEnumerable<Value<T>> Explained => Mixers.SelectMany(mixer => mixer.Explained);
}
