using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// y = x Wᵀ + b with W (outputs, inputs) as in a checkpoint: x (Rows, inputs), y (Rows, outputs).
/// Floats run through <see cref="Gemm"/>, doubles through <see cref="DoubleGemm"/>; gradients of weights in double, and other types,
/// through the plain loops below, which are also the oracle of both.
/// </summary>
internal static class Linear
{
    private const int PlainRows = 8;

    /// <summary>y = x Wᵀ + b.</summary>
    public static void Forward<T>(Workers workers, Activation<T> x, Weight w, Weight? bias, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            Gemm.Multiply(
                workers, MatrixView.Of(x.AsSingle()), w.Packed, bias?.Values<float>(), MatrixView.Of(y.AsSingle()), accumulate: false);
            return;
        }

        if (typeof(T) == typeof(double))
        {
            Forward(workers, x.AsDouble(), WeightPart.All, w, WeightPart.All, bias?.Values<double>(), y.AsDouble());
            return;
        }

        ForwardPlain(workers, x, w, bias, y);
    }

    /// <summary>
    /// y = x Wᵀ + b and f of it: every thread takes f of the part of y that it has just made. For functions of one number.
    /// </summary>
    public static void ForwardThen<TFunction, T>(
        Workers workers, Activation<T> x, Weight w, Weight? bias, Activation<T> y, Activation<T> f)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IVectorFunction
    {
        if (typeof(T) != typeof(float))
        {
            Forward(workers, x, w, bias, y);
            FunctionOverTokens.Forward<TFunction, T>(workers, y, f);
            return;
        }

        Gemm.Multiply(
            workers, MatrixView.Of(x.AsSingle()), w.Packed, bias?.Values<float>(), MatrixView.Of(y.AsSingle()), accumulate: false,
            (row0, row1, column0, column1) =>
            {
                // Inside a loop over the same workers: it runs on this thread.
                FunctionOverTokens.Forward<TFunction, T>(workers, Part(y), Part(f));

                Activation<T> Part(Activation<T> whole)
                    => new(
                        whole.Buffer, whole.Offset + (row0 * whole.RowStride) + column0, 1, row1 - row0, column1 - column0,
                        whole.RowStride);
            });
    }

    /// <summary>dx = dy W, or dx += dy W.</summary>
    public static void BackwardInput<T>(Workers workers, Activation<T> dy, Weight w, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            if (w.Singles is { } singles)
            {
                Gemm.Multiply(
                    workers,
                    MatrixView.Of(dy.AsSingle()),
                    MatrixView.Of(singles, w.Rows, w.Columns),
                    MatrixView.Of(dx.AsSingle()),
                    accumulate);
            }
            else
            {
                BackwardInputNarrow(workers, MatrixView.Of(dy.AsSingle()), w, MatrixView.Of(dx.AsSingle()), accumulate);
            }

            return;
        }

        if (typeof(T) == typeof(double))
        {
            BackwardInput(workers, dy.AsDouble(), w, WeightPart.All, dx.AsDouble(), accumulate);
            return;
        }

        BackwardInputPlain(workers, dy, w, dx, accumulate);
    }

    /// <summary>y = P(x) Q(W)ᵀ + b with parts P and Q of the factors: what relevance rules need.</summary>
    public static void Forward(
        Workers workers, Activation<double> x, WeightPart ofX, Weight w, WeightPart ofW, double[]? bias, Activation<double> y)
        => DoubleGemm.Multiply(
            workers, DoubleMatrix.Of(x, ofX), DoubleMatrix.Of(w, ofW).Transposed, bias, DoubleMatrix.Of(y), accumulate: false);

    /// <summary>dx = dy P(W), or dx += dy P(W), with a part P of the weight.</summary>
    public static void BackwardInput(
        Workers workers, Activation<double> dy, Weight w, WeightPart part, Activation<double> dx, bool accumulate)
        => DoubleGemm.Multiply(
            workers, DoubleMatrix.Of(dy), DoubleMatrix.Of(w, part), bias: null, DoubleMatrix.Of(dx), accumulate);

    /// <summary>dx = x⁺ ⊙ (dy W⁺) + x⁻ ⊙ (dy W⁻), or dx += it: the way back of relevance that keeps the signs apart.</summary>
    public static void BackwardBySign(
        Workers workers, Activation<double> dy, Weight w, Activation<double> x, Activation<double> dx, bool accumulate)
        => SignedGemm.Multiply(
            workers, DoubleMatrix.Of(dy), DoubleMatrix.Of(w, WeightPart.All), DoubleMatrix.Of(x), DoubleMatrix.Of(dx), accumulate);

    /// <summary>dW += dyᵀ x, row-major (outputs, inputs).</summary>
    public static void BackwardWeight<T>(Workers workers, Activation<T> dy, Activation<T> x, T[] dw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            var gradient = MatrixView.Of((float[])(object)dw, dy.Width, x.Width);
            Gemm.Multiply(workers, MatrixView.Of(dy.AsSingle()).Transposed, MatrixView.Of(x.AsSingle()), gradient, accumulate: true);
            return;
        }

        BackwardWeightPlain(workers, dy, x, dw);
    }

    /// <summary>db += column sums of dy.</summary>
    public static void BackwardBias<T>(Workers workers, Activation<T> dy, T[] db)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            WidestRegisters.Run(BiasKernel(workers, dy.AsSingle(), (float[])(object)db));
            return;
        }

        BackwardBiasPlain(dy, db);
    }

    internal static ColumnSums<First> BiasKernel(Workers workers, Activation<float> dy, float[] db) => new(workers, dy, dy, db, default);

    // The panels of W hold Wᵀ, and here W itself is needed: some rows of it at a time are read into scratch, in the very blocks in which
    // Gemm would sum over them.
    private static void BackwardInputNarrow(Workers workers, MatrixView dy, Weight w, MatrixView dx, bool accumulate)
    {
        var block = Gemm.InnerBlock(w.Rows);
        var scratch = ArrayPool<float>.Shared.Rent(block * w.Columns);
        try
        {
            for (var first = 0; first < w.Rows; first += block)
            {
                var count = Math.Min(block, w.Rows - first);
                HalfRows.Read(workers, w.Packed, first, count, scratch);
                var part = new MatrixView(dy.Buffer, dy.Offset + first, dy.Rows, count, dy.RowStep);
                Gemm.Multiply(workers, part, MatrixView.Of(scratch, count, w.Columns), dx, accumulate || first > 0);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scratch);
        }
    }

    internal static void ForwardPlain<T>(Workers workers, Activation<T> x, Weight w, Weight? bias, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (values, offsets, inputs) = (w.Values<T>(), bias?.Values<T>(), w.Columns);
        // A few rows at a time, so that a line of W is read from far memory once for all of them.
        workers.For((x.Rows + PlainRows - 1) / PlainRows, block =>
        {
            var end = Math.Min(x.Rows, (block + 1) * PlainRows);
            for (var o = 0; o < y.Width; o++)
            {
                var line = values.AsSpan(o * inputs, inputs);
                for (var row = block * PlainRows; row < end; row++)
                {
                    y.Row(row)[o] = TensorPrimitives.Dot<T>(line, x.Row(row)) + (offsets is null ? T.Zero : offsets[o]);
                }
            }
        });
    }

    internal static void BackwardInputPlain<T>(Workers workers, Activation<T> dy, Weight w, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (values, inputs) = (w.Values<T>(), w.Columns);
        workers.For((dy.Rows + PlainRows - 1) / PlainRows, block =>
        {
            var (first, end) = (block * PlainRows, Math.Min(dy.Rows, (block + 1) * PlainRows));
            for (var row = first; !accumulate && row < end; row++)
            {
                dx.Row(row).Clear();
            }

            for (var o = 0; o < dy.Width; o++)
            {
                var line = values.AsSpan(o * inputs, inputs);
                for (var row = first; row < end; row++)
                {
                    var to = dx.Row(row);
                    TensorPrimitives.MultiplyAdd(line, dy.Row(row)[o], to, to);
                }
            }
        });
    }

    internal static void BackwardWeightPlain<T>(Workers workers, Activation<T> dy, Activation<T> x, T[] dw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var inputs = x.Width;
        workers.For(dy.Width, o =>
        {
            var line = dw.AsSpan(o * inputs, inputs);
            for (var row = 0; row < dy.Rows; row++)
            {
                var g = dy.Row(row)[o];
                var from = x.Row(row);
                for (var i = 0; i < inputs; i++)
                {
                    line[i] += g * from[i];
                }
            }
        });
    }

    internal static void BackwardBiasPlain<T>(Activation<T> dy, T[] db)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < dy.Rows; row++)
        {
            var from = dy.Row(row);
            for (var o = 0; o < from.Length; o++)
            {
                db[o] += from[o];
            }
        }
    }

    internal readonly struct First : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector a, TVector b)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
            => a;
    }
}
