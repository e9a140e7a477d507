using System.Numerics;
using System.Numerics.Tensors;

namespace Mambascope.Numerics;

/// <summary>
/// Causal softmax attention of a few new tokens over all tokens read so far: the new keys and values join the cache, then
/// y_i[h] = sum over j up to i of softmax_j(q_i[h] k_j[h] / sqrt(dh)) v_j[h]. One text at a time, no way back.
/// </summary>
internal static class CachedAttention
{
    /// <summary>y (1, new tokens, H dh) from q, k, v of the same shape.</summary>
    public static void Forward<T>(
        Workers workers, Activation<T> q, Activation<T> k, Activation<T> v, int heads, KeyValueCache<T> cache, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var before = cache.Count;
        for (var t = 0; t < k.Length; t++)
        {
            cache.Add(k.Row(t), v.Row(t));
        }

        var width = q.Width / heads;
        var scale = T.CreateTruncating(1 / MathF.Sqrt(width)); // rounded as for whole texts, so that both give the same
        workers.For(q.Length * heads, piece =>
        {
            var (t, first) = (piece / heads, piece % heads * width);
            var from = q.Row(t).Slice(first, width);
            var scores = new T[before + t + 1];
            for (var j = 0; j < scores.Length; j++)
            {
                scores[j] = scale * TensorPrimitives.Dot<T>(from, cache.Key(j).Slice(first, width));
            }

            // exp(s - max), so that nothing overflows.
            TensorPrimitives.Subtract(scores, TensorPrimitives.Max<T>(scores), scores);
            TensorPrimitives.Exp<T>(scores, scores);
            TensorPrimitives.Divide(scores, TensorPrimitives.Sum<T>(scores), scores);
            var to = y.Row(t).Slice(first, width);
            to.Clear();
            for (var j = 0; j < scores.Length; j++)
            {
                TensorPrimitives.MultiplyAdd(cache.Value(j).Slice(first, width), scores[j], to, to);
            }
        });
    }
}
