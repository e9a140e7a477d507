using System.Numerics;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>How one mixer moved information between blocks of a text that is read in pieces, from the last to the first.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal interface ITiles<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Adds the next piece towards the beginning of the text, whose first token is <paramref name="first"/>.</summary>
    void Add(Workers workers, BufferPool<T> pool, MixerTrace<T> mixer, int first);

    /// <summary>The averages, when the first piece has been added.</summary>
    AttentionMatrix<T> Averages();
}
