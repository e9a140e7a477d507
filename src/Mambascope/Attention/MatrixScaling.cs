using System.Numerics;
using System.Numerics.Tensors;

namespace Mambascope.Attention;

/// <summary>Matrices times numbers.</summary>
internal static class MatrixScaling
{
    /// <summary>The same matrix, its entries multiplied by a factor in place; a factor of 1 leaves them as they are.</summary>
    public static AttentionMatrix<T> Times<T>(this AttentionMatrix<T> matrix, double factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (factor is not 1)
        {
            TensorPrimitives.Multiply(matrix.Values, T.CreateTruncating(factor), matrix.Values);
        }

        return matrix;
    }
}
