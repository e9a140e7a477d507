using System.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attention;

/// <summary>Softmax attention of a transformer's layer as matrices: of one head, or the mean over heads. Rows sum to one.</summary>
public static class HeadMatrix
{
    /// <summary>A of one head.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="item">Item of the batch.</param>
    /// <param name="head">Head, from 0.</param>
    public static AttentionMatrix<T> Of<T>(SoftmaxMixerTrace<T> layer, int item, int head)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(head);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(head, layer.Heads);
        var A = layer.Attention.Data;
        var matrix = new AttentionMatrix<T>(A.Width);
        for (var i = 0; i < A.Width; i++)
        {
            A.Row(item, (head * A.Width) + i).CopyTo(matrix.Row(i));
        }

        return matrix;
    }

    /// <summary>Mean over heads of A.</summary>
    public static AttentionMatrix<T> Mean<T>(SoftmaxMixerTrace<T> layer, int item)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => AttentionRows.PositiveMean(workers: null, layer, layer.Attention.Data.Item(item));
}
