using System.Diagnostics;
using System.Numerics;
using Mambascope.Numerics;

namespace Mambascope.Autodiff.Operators;

/// <summary>
/// Operators that go on where an earlier run of the same text ended, from what they remember and into it: how a language model reads a text
/// piece by piece and generates token by token. They are not recorded: there is no way back through what was forgotten.
/// </summary>
public static class ContinuedExtensions
{
    /// <summary>Causal convolution; see <see cref="CausalConv1d"/>.</summary>
    /// <param name="tape">A tape that does not record.</param>
    /// <param name="x">x (1, L, E).</param>
    /// <param name="w">Taps (E, 1, K).</param>
    /// <param name="bias">Bias (E), if any.</param>
    /// <param name="history">The last K - 1 inputs, oldest first, (K - 1, E); replaced by those after this piece.</param>
    public static Value<T> CausalConv1d<T>(this Tape<T> tape, Value<T> x, Weight w, Weight? bias, T[] history)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RefuseRecording(tape);
        var (input, E, past) = (x.Data, x.Data.Width, w.Columns - 1);
        Debug.Assert(input.Batch == 1 && history.Length == past * E, "a piece of one text and its history");
        var longer = tape.Pool.Rent(1, past + input.Length, E);
        var convolved = tape.Pool.Rent(1, past + input.Length, E);
        for (var t = 0; t < longer.Length; t++)
        {
            (t < past ? history.AsSpan(t * E, E) : input.Row(t - past)).CopyTo(longer.Row(t));
        }

        Numerics.CausalConv1d.Forward(tape.Workers, longer, w, bias, ScanOrder.Forward(longer.Length), convolved);
        var p = tape.NewValue(1, input.Length, E);
        for (var t = 0; t < input.Length; t++)
        {
            convolved.Row(past + t).CopyTo(p.Data.Row(t));
        }

        for (var t = 0; t < past; t++)
        {
            longer.Row(input.Length + t).CopyTo(history.AsSpan(t * E, E));
        }

        tape.Pool.Return(longer);
        tape.Pool.Return(convolved);
        return p;
    }

    /// <summary>Selective scan; see <see cref="SelectiveScan"/>.</summary>
    /// <param name="tape">A tape that does not record.</param>
    /// <param name="inputs">The operands, one text in order of time.</param>
    /// <param name="state">h before the piece, in the layout of <see cref="SelectiveScan.Forward"/>; replaced by h after it.</param>
    public static Value<T> SelectiveScan<T>(this Tape<T> tape, in ScanInputs<T> inputs, T[] state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RefuseRecording(tape);
        var y = tape.NewValue(1, inputs.U.Length, inputs.U.Width);
        Numerics.SelectiveScan.Forward(tape.Workers, inputs, y.Data, state);
        return y;
    }

    /// <summary>Causal attention, (1, L, H dh); see <see cref="CachedAttention"/>.</summary>
    public static Value<T> CachedAttention<T>(this Tape<T> tape, Value<T> q, Value<T> k, Value<T> v, int heads, KeyValueCache<T> cache)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RefuseRecording(tape);
        var y = tape.NewValue(1, q.Data.Length, q.Data.Width);
        Numerics.CachedAttention.Forward(tape.Workers, q.Data, k.Data, v.Data, heads, cache, y.Data);
        return y;
    }

    private static void RefuseRecording<T>(Tape<T> tape)
        where T : unmanaged
    {
        if (tape.IsRecording)
        {
            throw new InvalidOperationException("A text that is read piece by piece cannot be recorded; run it whole to explain it.");
        }
    }
}
