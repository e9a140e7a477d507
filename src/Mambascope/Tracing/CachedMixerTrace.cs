using Mambascope.Autodiff;
using Mambascope.Numerics;

namespace Mambascope.Tracing;

/// <summary>
/// What softmax attention computed on a piece of a text, over all tokens read so far: its probabilities are not kept, but follow from this
/// row by row. There is no way back through it.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Heads">Heads of queries, H.</param>
/// <param name="Scale">Factor of the scores.</param>
/// <param name="Q">Queries of the piece (1, L, H dh).</param>
/// <param name="Memory">Keys and values of the text so far; those of the piece are the last.</param>
/// <param name="Output">Output of the attention's projection (1, L, d).</param>
internal sealed record CachedMixerTrace<T>(int Heads, double Scale, Value<T> Q, KeyValueCache<T> Memory, Value<T> Output)
    : MixerTrace<T>(Output)
    where T : unmanaged
{
    /// <inheritdoc/>
    public override MixerShape Shape => MixerShape.OfSoftmax(Heads);

    /// <inheritdoc/>
    public override IEnumerable<Value<T>> Explained => [];
}
