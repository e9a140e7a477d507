using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Attention that starts as trained attention looks (mimetic initialisation; Trockman and Kolter 2023, arXiv 2305.09828): keys equal
/// queries, so that a token attends to what is like it, and with <see cref="SineCosinePositions"/> that is what is near it; and projection
/// times values is about -0.4 I + 0.4 noise, so that a block takes the mean of the neighbourhood off: an edge detector to begin with.
/// </summary>
/// <remarks>
/// Measured on this task, both with <see cref="SineCosinePositions"/>: a training loss of 1.5 after 450 steps, against 830 steps without.
/// </remarks>
internal static class MimeticAttention
{
    private const float QueryScale = 1.45f; // a token's score for itself is then about 4, for another about 0
    private const float Share = 0.4f;

    /// <summary>
    /// A source whose attn.qkv.weight (3d, d) and attn.proj.weight (d, d) start so; every other weight comes from
    /// <paramref name="weights"/>.
    /// </summary>
    public static WeightSource In(WeightSource weights)
    {
        float[] values = [];
        return (name, shape) =>
        {
            var weight = weights(name, shape);
            if (name.EndsWith("attn.qkv.weight", StringComparison.Ordinal))
            {
                values = Qkv(weight.Values<float>(), shape[1]);
            }
            else if (name.EndsWith("attn.proj.weight", StringComparison.Ordinal))
            {
                Projection(weight.Values<float>(), values, shape[0]);
            }

            return weight;
        };
    }

    // Queries, keys and values lie one below the other. Returns the values (d, d), of variance 1/d so that their product with themselves is
    // about I.
    private static float[] Qkv(float[] table, int d)
    {
        var queries = table.AsSpan(0, d * d);
        var keys = table.AsSpan(d * d, d * d);
        var values = table.AsSpan(2 * d * d, d * d);
        for (var i = 0; i < queries.Length; i++)
        {
            queries[i] *= QueryScale;
            values[i] *= MathF.Sqrt(3); // was uniform in ±d^-1/2: variance 1/(3d)
        }

        queries.CopyTo(keys);
        return values.ToArray();
    }

    private static void Projection(float[] table, float[] values, int d)
    {
        for (var row = 0; row < d; row++)
        {
            for (var column = 0; column < d; column++)
            {
                var noise = table[(row * d) + column] * MathF.Sqrt(3);
                table[(row * d) + column] = Share * (noise - values[(column * d) + row]);
            }
        }
    }
}
