using System.Numerics;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>A channel and how much it takes from the tokens.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Channel">Channel, from 0.</param>
/// <param name="Weight">Sum over input tokens of the absolute attention in the ranked row.</param>
public readonly record struct RankedChannel<T>(int Channel, T Weight)
    where T : unmanaged;

/// <summary>Which channels of a layer attend most: rows of all channels cost one adjoint scan, so ranking them is almost free.</summary>
public static class ChannelRanking
{
    /// <summary>
    /// The <paramref name="count"/> channels with the largest sum of absolute attention in the row of a token; ties by lower channel.
    /// </summary>
    /// <param name="workers">Threads.</param>
    /// <param name="pool">Scratch memory.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="item">Item of the batch.</param>
    /// <param name="token">The output token whose row is ranked.</param>
    /// <param name="count">How many channels to name; at most E.</param>
    /// <param name="view">Scan alone or whole mixer.</param>
    /// <param name="directions">Scan directions.</param>
    public static IReadOnlyList<RankedChannel<T>> Top<T>(
        Workers workers,
        BufferPool<T> pool,
        ScanMixerTrace<T> layer,
        int item,
        int token,
        int count,
        AttentionView view,
        ScanDirections directions = ScanDirections.Both)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (batch, L, E) = (layer.X.Data.Batch, layer.X.Data.Length, layer.X.Data.Width);
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, L);
        var v = Activation<T>.Zeros(batch, L, 1);
        v.Row(item, token)[0] = T.One;
        var rows = pool.Rent(batch, L, E);
        AttentionProduct.Channels(workers, pool, layer, view, directions, v, rows);
        var weights = new T[E];
        for (var t = 0; t < L; t++)
        {
            var row = rows.Row(item, t);
            for (var e = 0; e < E; e++)
            {
                weights[e] += T.Abs(row[e]);
            }
        }

        pool.Return(rows);
        return
        [
            .. weights
                .Select((weight, e) => new RankedChannel<T>(e, weight))
                .OrderByDescending(ranked => ranked.Weight)
                .ThenBy(ranked => ranked.Channel)
                .Take(count),
        ];
    }
}
