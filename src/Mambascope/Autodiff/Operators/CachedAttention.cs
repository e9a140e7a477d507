using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>
/// Puts causal attention whose matrix is not kept on a tape: over all tokens read so far (<see cref="CachedAttention"/>), or over a whole
/// text (<see cref="BlockedAttention"/>).
/// </summary>
internal static class CachedAttentionExtensions
{
    /// <summary>(Batch, L, H dh) from queries, and keys and values of the same or fewer heads, of whole texts.</summary>
    public static Value<float> BlockedAttention(
        this Tape<float> tape, Value<float> q, Value<float> k, Value<float> v, int heads, double scale)
    {
        var y = tape.NewValue(q.Data.Batch, q.Data.Length, q.Data.Width);
        Numerics.BlockedAttention.Forward(
            tape.Workers, q.Data, item => (MatrixView.Of(k.Data.Item(item)), MatrixView.Of(v.Data.Item(item))), heads, scale, y.Data);
        return y;
    }

    /// <summary>(1, L, H dh) from queries, and keys and values of the same or fewer heads, of new tokens, which join the cache.</summary>
    public static Value<T> CachedAttention<T>(
        this Tape<T> tape, Value<T> q, Value<T> k, Value<T> v, int heads, double scale, KeyValueCache<T> cache)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var y = tape.NewValue(1, q.Data.Length, q.Data.Width);
        Numerics.CachedAttention.Forward(tape.Workers, q.Data, k.Data, v.Data, heads, scale, cache, y.Data);
        return tape.Record(new CachedAttentionOperator<T>(q, k, v, y));
    }
}

/// <summary>
/// Attention of a piece of a text: it is recorded so that what is asked of its run can be told, but there is no way back.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class CachedAttentionOperator<T>(Value<T> q, Value<T> k, Value<T> v, Value<T> output) : Operator<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value<T>> Inputs { get; } = [q, k, v];

    /// <inheritdoc/>
    public override Value<T> Output { get; } = output;

    /// <inheritdoc/>
    public override void Backward(Replay<T> replay, Activation<T> dOutput)
        => throw new InvalidOperationException(
            "There is no way back through attention over a text that is read piece by piece; run the text whole to explain it");
}
