using Mambascope.Autodiff;

namespace Mambascope.Tracing;

/// <summary>What softmax attention computed.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Heads">Number of heads, H.</param>
/// <param name="Q">Queries (Batch, L, H dh), head after head.</param>
/// <param name="K">Keys, same shape.</param>
/// <param name="V">Values, same shape.</param>
/// <param name="Attention">Softmax probabilities (Batch, H L, L): the L x L matrices of the heads, one below the other.</param>
/// <param name="Output">Output of the attention's projection, before the residual sum (Batch, L, d).</param>
public sealed record SoftmaxMixerTrace<T>(
    int Heads, Value<T> Q, Value<T> K, Value<T> V, Value<T> Attention, Value<T> Output) : MixerTrace<T>(Output)
    where T : unmanaged
{
    /// <inheritdoc/>
    public override MixerShape Shape => MixerShape.OfSoftmax(Heads);

    /// <inheritdoc/>
    public override IEnumerable<Value<T>> Explained => [Attention];
}
