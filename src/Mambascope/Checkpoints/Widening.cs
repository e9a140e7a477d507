using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Mambascope.Checkpoints;

/// <summary>Two-byte floating-point formats to and from singles.</summary>
internal static class Widening
{
    private const int Block = 1024;

    /// <summary>
    /// Widens n two-byte values that lie in the upper half of the bytes of n singles, forward and in place. Value i is written
    /// to bytes [4i, 4i+4) and read from [2n+2i, 2n+2i+2): a block is copied aside before its singles are written, and the end
    /// of what was written, 4i, never passes the start of what is still to be read, 2n+2i.
    /// </summary>
    public static void InPlace(Span<float> values, TensorType type)
    {
        Span<ushort> aside = stackalloc ushort[Block];
        ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<float, ushort>(values)[values.Length..];
        for (var start = 0; start < values.Length; start += Block)
        {
            var count = Math.Min(Block, values.Length - start);
            halves.Slice(start, count).CopyTo(aside);
            Widen(aside[..count], values.Slice(start, count), type);
        }
    }

    /// <summary>Widens F16 or BF16 encodings to singles, exactly.</summary>
    public static void Widen(ReadOnlySpan<ushort> halves, Span<float> values, TensorType type)
    {
        if (type == TensorType.F16)
        {
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<ushort, Half>(halves), values);
            return;
        }

        var bits = MemoryMarshal.Cast<float, uint>(values);
        var i = 0;
        for (; i <= halves.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(halves[i..]), out var low, out var high);
            (low << 16).CopyTo(bits[i..]);
            (high << 16).CopyTo(bits[(i + Vector<uint>.Count)..]);
        }

        for (; i < halves.Length; i++)
        {
            bits[i] = (uint)halves[i] << 16;
        }
    }

    /// <summary>Rounds singles to F16 or BF16, to nearest with ties to even; what is too large becomes infinite, NaN stays NaN.</summary>
    public static void Narrow(ReadOnlySpan<float> values, Span<ushort> halves, TensorType type)
    {
        if (type == TensorType.F16)
        {
            TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<ushort, Half>(halves));
            return;
        }

        for (var i = 0; i < values.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(values[i]);
            // Adding just under half of the last kept bit, plus that bit, rounds ties to even. A NaN keeps its upper payload
            // and gets the quiet bit, so that a payload in the lower bits alone does not turn into infinity.
            halves[i] = float.IsNaN(values[i])
                ? (ushort)((bits >> 16) | 0x40)
                : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }
}
