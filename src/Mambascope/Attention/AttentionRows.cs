using System.Numerics;
using System.Runtime.CompilerServices;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>Rows of a transformer layer's attention, and matrices that methods make of attention, its gradient and its relevance.</summary>
internal static class AttentionRows
{
    /// <summary>v M with M the mean over heads of A: (Batch, L, 1) from v (Batch, L, 1). No matrix is formed.</summary>
    public static Activation<T> Mean<T>(SoftmaxMixerTrace<T> layer, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (A, L) = (layer.Attention.Data, v.Length);
        var result = Activation<T>.Zeros(v.Batch, L, 1);
        for (var item = 0; item < v.Batch; item++)
        {
            var to = result.Item(item).Extent;
            for (var row = 0; row < A.Length; row++)
            {
                var factor = v.Row(item, row % L)[0] / T.CreateTruncating(layer.Heads);
                if (factor == T.Zero)
                {
                    continue;
                }

                var from = A.Row(item, row);
                for (var j = 0; j < to.Length; j++)
                {
                    to[j] += factor * from[j];
                }
            }
        }

        return result;
    }

    /// <summary>Mean over heads of the positive part of a, or of a ⊙ b: quantities of one item in the layout of A, (1, H L, L).</summary>
    public static AttentionMatrix<T> PositiveMean<T>(
        Workers? workers, SoftmaxMixerTrace<T> layer, Activation<T> a, Activation<T>? b = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (matrix, heads) = (new AttentionMatrix<T>(a.Width), T.CreateTruncating(layer.Heads));
        if (workers is null)
        {
            Rows(0, a.Width);
        }
        else
        {
            RowBlocks.For(workers, a.Width, a.Width * layer.Heads, Rows);
        }

        return matrix;

        void Rows(int first, int last)
        {
            for (var i = first; i < last; i++)
            {
                var to = matrix.Row(i);
                for (var row = i; row < a.Length; row += a.Width)
                {
                    Add(a.Row(row), b is { } right ? right.Row(row) : default, heads, to);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, T heads, Span<T> to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var j = 0; j < to.Length; j++)
        {
            to[j] += T.Max(right.IsEmpty ? left[j] : left[j] * right[j], T.Zero) / heads;
        }
    }

    /// <summary>v M for one item.</summary>
    public static T[] Combine<T>(Activation<T> v, AttentionMatrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var result = new T[matrix.Length];
        for (var i = 0; i < matrix.Length; i++)
        {
            var factor = v.Row(i)[0];
            var row = matrix.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                result[j] += factor * row[j];
            }
        }

        return result;
    }
}
