using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;

namespace Mambascope.Numerics;

/// <summary>
/// The three matrix products of multi-head attention, head by head, from which its forward pass, gradients and relevance rules are
/// made. Token matrices x, y are (Batch, L, H dh), head h in columns [h dh, (h + 1) dh); matrices A over pairs of tokens are
/// (Batch, H L, L), the rows of head h in [h L, (h + 1) L).
/// <code>
/// Scores            A[h] = x[h] y[h]ᵀ
/// Mix               y[h] = A[h] x[h]
/// MixTransposed     y[h] = A[h]ᵀ x[h]
/// </code>
/// Heads of all items are independent: each is one product on one thread.
/// </summary>
internal static class HeadProducts
{
    /// <summary>A = x yᵀ, or A += x yᵀ.</summary>
    public static void Scores<T>(Workers workers, Activation<T> x, Activation<T> y, int heads, Activation<T> a, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            var (x1, y1, a1) = (x.AsSingle(), y.AsSingle(), a.AsSingle());
            workers.For(x.Batch * heads, piece =>
                Gemm.Multiply(workers: null, Head(x1, piece, heads), Head(y1, piece, heads).Transposed, Matrix(a1, piece), accumulate));
            return;
        }

        Debug.Assert(a.Width == y.Length, "shapes differ");
        if (typeof(T) == typeof(double))
        {
            var (x2, y2, a2) = (x.AsDouble(), y.AsDouble(), a.AsDouble());
            workers.For(x.Batch * heads, piece => DoubleGemm.Multiply(
                workers: null, Head(x2, piece, heads), Head(y2, piece, heads).Transposed, bias: null, Matrix(a2, piece), accumulate));
            return;
        }

        var width = x.Width / heads;
        workers.For(a.Rows, row =>
        {
            var (item, head, i) = Place(a, row);
            var from = x.Row(item, i).Slice(head * width, width);
            var to = a.Row(row);
            for (var j = 0; j < to.Length; j++)
            {
                var product = TensorPrimitives.Dot<T>(from, y.Row(item, j).Slice(head * width, width));
                to[j] = accumulate ? to[j] + product : product;
            }
        });
    }

    /// <summary>y = A x, or y += A x.</summary>
    public static void Mix<T>(Workers workers, Activation<T> a, Activation<T> x, int heads, Activation<T> y, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Product(workers, a, x, heads, y, accumulate, transposed: false);

    /// <summary>y = Aᵀ x, or y += Aᵀ x.</summary>
    public static void MixTransposed<T>(Workers workers, Activation<T> a, Activation<T> x, int heads, Activation<T> y, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Product(workers, a, x, heads, y, accumulate, transposed: true);

    private static void Product<T>(
        Workers workers, Activation<T> a, Activation<T> x, int heads, Activation<T> y, bool accumulate, bool transposed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            var (a1, x1, y1) = (a.AsSingle(), x.AsSingle(), y.AsSingle());
            workers.For(x.Batch * heads, piece =>
            {
                var matrix = Matrix(a1, piece);
                Gemm.Multiply(
                    workers: null, transposed ? matrix.Transposed : matrix, Head(x1, piece, heads), Head(y1, piece, heads), accumulate);
            });
            return;
        }

        if (typeof(T) == typeof(double))
        {
            var (a2, x2, y2) = (a.AsDouble(), x.AsDouble(), y.AsDouble());
            workers.For(x.Batch * heads, piece =>
            {
                var matrix = Matrix(a2, piece);
                DoubleGemm.Multiply(
                    workers: null, transposed ? matrix.Transposed : matrix, Head(x2, piece, heads), bias: null, Head(y2, piece, heads),
                    accumulate);
            });
            return;
        }

        var width = x.Width / heads;
        workers.For(x.Batch * heads, piece =>
        {
            var (item, head) = (piece / heads, piece % heads);
            for (var i = 0; i < y.Length; i++)
            {
                var to = y.Row(item, i).Slice(head * width, width);
                if (!accumulate)
                {
                    to.Clear();
                }

                for (var j = 0; j < x.Length; j++)
                {
                    var weight = transposed ? a.Row((piece * a.Width) + j)[i] : a.Row((piece * a.Width) + i)[j];
                    var from = x.Row(item, j).Slice(head * width, width);
                    TensorPrimitives.MultiplyAdd(from, weight, to, to);
                }
            }
        });
    }

    private static MatrixView Head(Activation<float> x, int piece, int heads)
    {
        var (item, head, width) = (piece / heads, piece % heads, x.Width / heads);
        return new(x.Buffer, x.Offset + (item * x.Length * x.RowStride) + (head * width), x.Length, width, x.RowStride);
    }

    private static MatrixView Matrix(Activation<float> a, int piece)
        => new(a.Buffer, a.Offset + (piece * a.Width * a.RowStride), a.Width, a.Width, a.RowStride);

    private static DoubleMatrix Head(Activation<double> x, int piece, int heads)
    {
        var (item, head, width) = (piece / heads, piece % heads, x.Width / heads);
        return DoubleMatrix.Of(x.Buffer, x.Offset + (item * x.Length * x.RowStride) + (head * width), x.Length, width, x.RowStride);
    }

    private static DoubleMatrix Matrix(Activation<double> a, int piece)
        => DoubleMatrix.Of(a.Buffer, a.Offset + (piece * a.Width * a.RowStride), a.Width, a.Width, a.RowStride);

    private static (int Item, int Head, int Token) Place<T>(Activation<T> a, int row)
        where T : unmanaged
        => (row / a.Length, row % a.Length / a.Width, row % a.Width);
}
