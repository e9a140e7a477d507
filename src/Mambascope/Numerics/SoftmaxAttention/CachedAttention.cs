using System.Buffers;
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
    // New tokens from which on they are worth while to be taken together.
    private const int Several = 8;

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

        if (typeof(T) == typeof(float))
        {
            var (keys, values) = cache.Singles();
            if (q.Length >= Several)
            {
                BlockedAttention.Forward(workers, q.AsSingle(), _ => (keys, values), heads, scale, y.AsSingle());
            }
            else
            {
                WidestRegisters.Run(new RowsCall(workers, q.AsSingle(), keys, values, heads, (float)scale, y.AsSingle()));
            }

            return;
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

            Normalise<T>(scores);
            var to = y.Row(t).Slice(first, width);
            to.Clear();
            for (var j = 0; j < scores.Length; j++)
            {
                TensorPrimitives.MultiplyAdd(cache.Value(j).Slice(key, width), scores[j], to, to);
            }
        });
    }

    /// <summary>Softmax of a row of scores, in place: exp(s - max), so that nothing overflows.</summary>
    public static void Normalise<T>(Span<T> scores)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorPrimitives.Subtract(scores, TensorPrimitives.Max<T>(scores), scores);
        TensorPrimitives.Exp<T>(scores, scores);
        TensorPrimitives.Divide(scores, TensorPrimitives.Sum<T>(scores), scores);
    }

    // A token and head each by itself.
    internal readonly record struct RowsCall(
        Workers Workers, Activation<float> Q, MatrixView Keys, MatrixView Values, int Heads, float Scale, Activation<float> Y)
        : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var own = this;
            Workers.For(Q.Length * Heads, piece => own.Row<TWidth, TVector>(piece / own.Heads, piece % own.Heads));
        }

        private unsafe void Row<TWidth, TVector>(int t, int head)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var width = Q.Width / Heads;
            var at = head / (Q.Width / Keys.Columns) * width;
            var count = Keys.Rows - Q.Length + t + 1;
            var scratch = ArrayPool<float>.Shared.Rent(count);
            fixed (float* q = Q.Row(t), y = Y.Row(t), keys = Keys.Buffer, values = Values.Buffer, scores = scratch)
            {
                AttentionRow<TWidth, TVector>.Scores(q + (head * width), keys + Keys.Offset + at, Keys.RowStep, count, width, scores);
                Softmax.ForwardKernel.Line<TWidth, TVector>(scores, count, Scale);
                AttentionRow<TWidth, TVector>.Mix(scores, values + Values.Offset + at, Values.RowStep, count, width, y + (head * width));
            }

            ArrayPool<float>.Shared.Return(scratch);
        }
    }
}
