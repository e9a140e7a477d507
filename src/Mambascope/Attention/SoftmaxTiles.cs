using System.Numerics;
using System.Numerics.Tensors;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>
/// The mean over heads of softmax attention between blocks of a text, as <see cref="TileAverages{T}"/> has it of scans: probabilities are
/// computed again from queries and keys, a row at a time, so that memory does not grow with the square of the text; time does. The text
/// comes in pieces, in any order.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class SoftmaxTiles<T> : ITiles<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly BlockSums sums;

    /// <inheritdoc cref="BlockSums(IReadOnlyList{int}, int)"/>
    public SoftmaxTiles(IReadOnlyList<int> starts, int length) => sums = new(starts, length);

    /// <inheritdoc/>
    public void Add(Workers workers, BufferPool<T> pool, MixerTrace<T> mixer, int first)
    {
        var piece = (CachedMixerTrace<T>)mixer;
        var q = piece.Q.Data;
        var rows = new double[q.Length][];
        workers.For(q.Length, t => rows[t] = Row(piece, first, t));
        for (var t = 0; t < rows.Length; t++)
        {
            var to = sums.Row(sums.Of(first + t));
            TensorPrimitives.Add(to[..rows[t].Length], rows[t], to);
        }
    }

    /// <inheritdoc/>
    public AttentionMatrix<T> Averages() => sums.Averages<T>();

    // What token t of the piece takes from each block up to its own, mean over heads.
    private double[] Row(CachedMixerTrace<T> piece, int first, int t)
    {
        var (q, memory) = (piece.Q.Data, piece.Memory);
        var (width, shared, factor) = (q.Width / piece.Heads, q.Width / memory.Width, T.CreateTruncating(piece.Scale));
        var scores = new T[first + t + 1];
        var result = new double[sums.Of(first + t) + 1];
        for (var head = 0; head < piece.Heads; head++)
        {
            var from = q.Row(t).Slice(head * width, width);
            var key = head / shared * width;
            for (var j = 0; j < scores.Length; j++)
            {
                scores[j] = factor * TensorPrimitives.Dot<T>(from, memory.Key(j).Slice(key, width));
            }

            CachedAttention.Normalise<T>(scores);
            for (var block = 0; block < result.Length; block++)
            {
                var part = scores.AsSpan(sums.Start(block)..Math.Min(sums.End(block), scores.Length));
                result[block] += double.CreateTruncating(TensorPrimitives.Sum<T>(part)) / piece.Heads;
            }
        }

        return result;
    }
}
