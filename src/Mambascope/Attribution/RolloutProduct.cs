using System.Numerics;
using Mambascope.Attention;
using Mambascope.Numerics;

namespace Mambascope.Attribution;

/// <summary>Row vectors times (residual I + M) for explicit matrices: one step of a rollout, later layers first.</summary>
internal static class RolloutProduct
{
    /// <summary>v ← v (residual I + M), rows of the bracket scaled to unit absolute sum when asked. v (Batch, L, 1), a matrix an item.</summary>
    public static Activation<T> Step<T>(Activation<T> v, IReadOnlyList<AttentionMatrix<T>> matrices, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var residual = T.CreateTruncating(options.ResidualWeight);
        var next = Activation<T>.Zeros(v.Batch, v.Length, 1);
        for (var item = 0; item < v.Batch; item++)
        {
            var to = next.Item(item).Extent;
            for (var i = 0; i < v.Length; i++)
            {
                var factor = v.Row(item, i)[0];
                var row = matrices[item].Row(i);
                if (options.RowNormalisation == RowNormalisation.L1)
                {
                    factor /= AbsoluteSum<T>(row, i, residual);
                }

                if (factor == T.Zero || !T.IsFinite(factor))
                {
                    continue; // nothing flows through this row (an all-zero row has nothing to normalise)
                }

                for (var j = 0; j < row.Length; j++)
                {
                    to[j] += factor * row[j];
                }

                to[i] += factor * residual;
            }
        }

        return next;
    }

    /// <summary>v ← residual v + vM.</summary>
    public static Activation<T> Step<T>(Activation<T> v, Activation<T> vM, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var residual = T.CreateTruncating(options.ResidualWeight);
        var next = Activation<T>.Zeros(v.Batch, v.Length, 1);
        for (var row = 0; row < v.Rows; row++)
        {
            next.Row(row)[0] = (residual * v.Row(row)[0]) + vM.Row(row)[0];
        }

        return next;
    }

    private static T AbsoluteSum<T>(ReadOnlySpan<T> row, int diagonal, T residual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        for (var j = 0; j < row.Length; j++)
        {
            sum += T.Abs(row[j] + (j == diagonal ? residual : T.Zero));
        }

        return sum;
    }
}
