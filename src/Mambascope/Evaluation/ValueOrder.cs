using System.Buffers;

namespace Mambascope.Evaluation;

/// <summary>
/// The order of a map's places by value. Equal values keep the order of their indices in both directions, so that every test that
/// takes "the first k" is defined to the last place. Counting sort by bytes (least significant first): O(n), stable.
/// </summary>
internal static class ValueOrder
{
    private const int Radix = 2048; // 11 bits a pass, 3 passes for 32 bits
    private const int Bits = 11;

    /// <summary>Indices from the greatest value to the least; of equal values the lower index first.</summary>
    /// <exception cref="ArgumentException">A value is NaN.</exception>
    public static int[] Descending(ReadOnlySpan<float> values) => Sort(values, flip: uint.MaxValue);

    /// <summary>Indices from the least value to the greatest; of equal values the lower index first.</summary>
    /// <exception cref="ArgumentException">A value is NaN.</exception>
    public static int[] Ascending(ReadOnlySpan<float> values) => Sort(values, flip: 0);

    private static int[] Sort(ReadOnlySpan<float> values, uint flip)
    {
        var n = values.Length;
        var keys = ArrayPool<uint>.Shared.Rent(n);
        var from = new int[n];
        var to = new int[n];
        var counts = new int[3 * Radix];
        for (var i = 0; i < n; i++)
        {
            var key = Key(values[i]) ^ flip;
            keys[i] = key;
            from[i] = i;
            counts[key & (Radix - 1)]++;
            counts[Radix + ((key >> Bits) & (Radix - 1))]++;
            counts[(2 * Radix) + (key >> (2 * Bits))]++;
        }

        for (var pass = 0; pass < 3; pass++)
        {
            var places = counts.AsSpan(pass * Radix, Radix);
            var next = 0;
            for (var digit = 0; digit < Radix; digit++)
            {
                (places[digit], next) = (next, next + places[digit]);
            }

            foreach (var index in from)
            {
                to[places[(int)((keys[index] >> (pass * Bits)) & (Radix - 1))]++] = index;
            }

            (from, to) = (to, from);
        }

        ArrayPool<uint>.Shared.Return(keys);
        return from;
    }

    // Floats as unsigned integers in the same order: the sign bit is flipped for positive values, all bits for negative ones.
    private static uint Key(float value)
    {
        if (float.IsNaN(value))
        {
            throw new ArgumentException("expected values that can be ordered, found NaN", nameof(value));
        }

        var bits = BitConverter.SingleToUInt32Bits(value + 0f); // -0 becomes +0: equal values must have equal keys
        return (bits & 0x8000_0000) == 0 ? bits | 0x8000_0000 : ~bits;
    }
}
