using System.Numerics;
using System.Numerics.Tensors;

namespace Mambascope.Numerics;

/// <summary>
/// Batch norm as it is at inference: y = (x - mean) r w + b, r = 1 / sqrt(variance + epsilon), all of them numbers of the channel. So a
/// scale and an offset a channel; x, y (Batch, L, C).
/// </summary>
internal static class BatchNorm
{
    /// <summary>y = a x + c.</summary>
    public static void Forward<T>(Workers workers, Activation<T> x, T[] scale, T[] offset, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => RowBlocks.For(workers, x.Rows, x.Width, (first, last) =>
        {
            for (var row = first; row < last; row++)
            {
                TensorPrimitives.MultiplyAdd<T>(x.Row(row), scale, offset, y.Row(row));
            }
        });

    /// <summary>dx = a dy, or dx += it.</summary>
    public static void BackwardInput<T>(Workers workers, Activation<T> dy, T[] scale, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => RowBlocks.For(workers, dy.Rows, dy.Width, (first, last) =>
        {
            for (var row = first; row < last; row++)
            {
                var to = dx.Row(row);
                if (accumulate)
                {
                    TensorPrimitives.MultiplyAdd<T>(dy.Row(row), scale, to, to);
                }
                else
                {
                    TensorPrimitives.Multiply<T>(dy.Row(row), scale, to);
                }
            }
        });

    /// <summary>Sums over tokens of dy and of dy x, a channel each: what the gradients of all four parameters are made of.</summary>
    public static (T[] Gradients, T[] Products) Sums<T>(Activation<T> dy, Activation<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (gradients, products) = (new T[dy.Width], new T[dy.Width]);
        for (var row = 0; row < dy.Rows; row++)
        {
            var g = dy.Row(row);
            TensorPrimitives.Add<T>(gradients, g, gradients);
            TensorPrimitives.MultiplyAdd<T>(g, x.Row(row), products, products);
        }

        return (gradients, products);
    }
}
