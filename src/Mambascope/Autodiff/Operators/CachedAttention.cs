using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>Puts attention over all tokens read so far on a tape; see <see cref="CachedAttention"/>. It is not recorded.</summary>
internal static class CachedAttentionExtensions
{
    /// <summary>(1, L, H dh) from queries, and keys and values of the same or fewer heads, of new tokens, which join the cache.</summary>
    public static Value<T> CachedAttention<T>(
        this Tape<T> tape, Value<T> q, Value<T> k, Value<T> v, int heads, double scale, KeyValueCache<T> cache)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (tape.IsRecording)
        {
            throw new InvalidOperationException(
                "Attention over a text that is read piece by piece cannot be recorded; run the text whole to explain it");
        }

        var y = tape.NewValue(1, q.Data.Length, q.Data.Width);
        Numerics.CachedAttention.Forward(tape.Workers, q.Data, k.Data, v.Data, heads, scale, cache, y.Data);
        return y;
    }
}
