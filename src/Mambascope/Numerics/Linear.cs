using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// y = x Wᵀ + b with W (outputs, inputs) as in a checkpoint: x (Rows, inputs), y (Rows, outputs).
/// Floats run through <see cref="Gemm"/>; other types through the plain loops below, which are also its oracle.
/// </summary>
public static class Linear
{
    /// <summary>y = x Wᵀ + b.</summary>
    public static void Forward<T>(Workers workers, Activation<T> x, Weight w, Weight? bias, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            Gemm.Multiply(workers, MatrixView.Of(x.AsSingle()), w.Packed, bias?.Data, MatrixView.Of(y.AsSingle()), accumulate: false);
            return;
        }

        ForwardPlain(workers, x, w, bias, y);
    }

    /// <summary>dx = dy W, or dx += dy W.</summary>
    public static void BackwardInput<T>(Workers workers, Activation<T> dy, Weight w, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            Gemm.Multiply(workers, MatrixView.Of(dy.AsSingle()), MatrixView.Of(w.Data, w.Rows, w.Columns), MatrixView.Of(dx.AsSingle()), accumulate);
            return;
        }

        BackwardInputPlain(workers, dy, w, dx, accumulate);
    }

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

    internal static void ForwardPlain<T>(Workers workers, Activation<T> x, Weight w, Weight? bias, Activation<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (values, offsets, inputs) = (w.Values<T>(), bias?.Values<T>(), w.Columns);
        workers.For(x.Rows, row =>
        {
            var from = x.Row(row);
            var to = y.Row(row);
            for (var o = 0; o < to.Length; o++)
            {
                var sum = offsets is null ? T.Zero : offsets[o];
                var line = values.AsSpan(o * inputs, inputs);
                for (var i = 0; i < inputs; i++)
                {
                    sum += line[i] * from[i];
                }

                to[o] = sum;
            }
        });
    }

    internal static void BackwardInputPlain<T>(Workers workers, Activation<T> dy, Weight w, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (values, inputs) = (w.Values<T>(), w.Columns);
        workers.For(dy.Rows, row =>
        {
            var from = dy.Row(row);
            var to = dx.Row(row);
            if (!accumulate)
            {
                to.Clear();
            }

            for (var o = 0; o < from.Length; o++)
            {
                var line = values.AsSpan(o * inputs, inputs);
                for (var i = 0; i < inputs; i++)
                {
                    to[i] += from[o] * line[i];
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
