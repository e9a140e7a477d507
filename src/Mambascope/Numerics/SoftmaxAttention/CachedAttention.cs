using System.Numerics;
using System.Numerics.Tensors;

namespace Mambascope.Numerics;

/// <summary>
/// Causal softmax attention of a few new tokens over all tokens read so far: the new keys and values join the cache, then
/// y_i[h] = sum over j up to i of softmax_j(scale q_i[h] k_j[h]) v_j[h]; where keys have fewer heads, neighbouring heads of q share one.
/// One text at a time, no way back.
/// </summary>
internal static class CachedAttention
{
    /// <summary>y (1, new tokens, H dh) from q of the same shape, k and v of as many heads or fewer.</summary>
    public static void Forward<T>(
        Workers workers,
        Activation<T> q,
        Activation<T> k,
        Activation<T> v,
        int heads,
        double scale,
        KeyValueCache<T> cache,
        Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var before = cache.Count;
        for (var t = 0; t < k.Length; t++)
        {
            cache.Add(k.Row(t), v.Row(t));
        }

        var width = q.Width / heads;
        var (factor, shared) = (T.CreateTruncating(scale), q.Width / k.Width);
        workers.For(q.Length * heads, piece =>
        {
            var (t, first, key) = (piece / heads, piece % heads * width, piece % heads / shared * width);
            var from = q.Row(t).Slice(first, width);
            var scores = new T[before + t + 1];
            for (var j = 0; j < scores.Length; j++)
            {
                scores[j] = factor * TensorPrimitives.Dot<T>(from, cache.Key(j).Slice(key, width));
            }

            // exp(s - max), so that nothing overflows.
            TensorPrimitives.Subtract(scores, TensorPrimitives.Max<T>(scores), scores);
            TensorPrimitives.Exp<T>(scores, scores);
            TensorPrimitives.Divide(scores, TensorPrimitives.Sum<T>(scores), scores);
            var to = y.Row(t).Slice(first, width);
            to.Clear();
            for (var j = 0; j < scores.Length; j++)
            {
                TensorPrimitives.MultiplyAdd(cache.Value(j).Slice(key, width), scores[j], to, to);
            }
        });
    }
}
