using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;

namespace Mambascope.Numerics;

/// <summary>
/// <see cref="CausalConv1d"/> over a piece of one text: what came before it is not zero but the last K - 1 inputs, (K - 1, E), oldest
/// first, which are then replaced by those before the next piece. On the way back the same place holds their adjoints.
/// </summary>
internal static class ConvPiece
{
    /// <summary>p = w * [history x] + bias on the piece; history becomes the last K - 1 rows of [history x].</summary>
    public static void Forward<T>(
        Workers workers, BufferPool<T> pool, Activation<T> x, Weight w, Weight? bias, T[] history, Activation<T> p)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (E, past) = (x.Width, w.Columns - 1);
        Debug.Assert(x.Batch == 1 && history.Length == past * E, "a piece of one text and its history");
        if (x.Length == 1 && typeof(T) == typeof(float))
        {
            Step(
                x.AsSingle().Row(0), ConvTaps.Of(w).Forward, bias is null ? [] : bias.Values<float>(),
                (float[])(object)history, p.AsSingle().Row(0));
            return;
        }

        var longer = pool.Rent(1, past + x.Length, E);
        var convolved = pool.Rent(1, past + x.Length, E);
        for (var t = 0; t < longer.Length; t++)
        {
            (t < past ? history.AsSpan(t * E, E) : x.Row(t - past)).CopyTo(longer.Row(t));
        }

        CausalConv1d.Forward(workers, longer, w, bias, ScanOrder.Forward(longer.Length), convolved);
        for (var t = 0; t < x.Length; t++)
        {
            convolved.Row(past + t).CopyTo(p.Row(t));
        }

        for (var t = 0; t < past; t++)
        {
            longer.Row(x.Length + t).CopyTo(history.AsSpan(t * E, E));
        }

        pool.Return(longer);
        pool.Return(convolved);
    }

    // A single token.
    private static void Step(ReadOnlySpan<float> x, float[] taps, ReadOnlySpan<float> bias, Span<float> history, Span<float> p)
    {
        var E = x.Length;
        var past = history.Length / E;
        bias.CopyTo(p);
        if (bias.IsEmpty)
        {
            p.Clear();
        }

        for (var k = 0; k < past; k++)
        {
            TensorPrimitives.MultiplyAdd(taps.AsSpan(k * E, E), history.Slice(k * E, E), p, p);
        }

        TensorPrimitives.MultiplyAdd(taps.AsSpan(past * E, E), x, p, p);
        if (past > 0)
        {
            history[E..].CopyTo(history);
            x.CopyTo(history[((past - 1) * E)..]);
        }
    }

    /// <summary>dx from dp and from the adjoints of the last K - 1 rows of [history x], which become those of the history.</summary>
    public static void BackwardInput<T>(
        Workers workers, BufferPool<T> pool, Activation<T> dp, Weight w, T[] dHistory, Activation<T> dx, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (E, past) = (dp.Width, w.Columns - 1);
        var longer = pool.Rent(1, past + dp.Length, E);
        var back = pool.Rent(1, past + dp.Length, E);
        for (var t = 0; t < longer.Length; t++)
        {
            var to = longer.Row(t);
            if (t < past)
            {
                to.Clear();
            }
            else
            {
                dp.Row(t - past).CopyTo(to);
            }
        }

        CausalConv1d.BackwardInput(workers, longer, w, ScanOrder.Forward(longer.Length), back, accumulate: false);
        for (var t = 0; t < past; t++)
        {
            StateLine.Add(back.Row(dp.Length + t), T.One, dHistory.AsSpan(t * E, E));
        }

        for (var t = 0; t < past; t++)
        {
            back.Row(t).CopyTo(dHistory.AsSpan(t * E, E));
        }

        for (var t = 0; t < dp.Length; t++)
        {
            if (accumulate)
            {
                StateLine.Add(dx.Row(t), T.One, back.Row(past + t));
            }
            else
            {
                back.Row(past + t).CopyTo(dx.Row(t));
            }
        }

        pool.Return(longer);
        pool.Return(back);
    }
}
