using System.Buffers.Binary;

namespace Mambascope.Numerics;

/// <summary>
/// Blocks of 256 values whose scales are packed too (K-quants, and IQ4_XS). Numbers in brackets are byte offsets, e counts the values, j
/// the groups that share a scale.
/// </summary>
internal static class SuperBlocks
{
    private const int Values = 256;

    /// <summary>
    /// [0] 16 bytes s, [16] 64 bytes p, [80] half d, [82] half dmin: w = (d lo(s[j])) n - dmin hi(s[j]), two bits for n, 16 values a
    /// group.
    /// </summary>
    public static void ReadQ2_K(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
    {
        var (d, least) = (SmallBlocks.Half(block, 80), SmallBlocks.Half(block, 82));
        for (var j = 0; j < 16; j++)
        {
            scales[j] = d * (block[j] & 15);
            offsets[j] = least * (block[j] >> 4);
        }

        TwoBits(block[16..], numbers);
    }

    /// <summary>
    /// [0] 32 bytes h, [32] 64 bytes p, [96] 12 bytes s, [108] half d: w = (d sc) n; where bit e / 32 of h[e % 32] is 0, 4 is taken off
    /// n.
    /// </summary>
    public static void ReadQ3_K(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
    {
        var s = block[96..];
        var d = SmallBlocks.Half(block, 108);
        for (var j = 0; j < 16; j++)
        {
            var scale = ((s[j % 8] >> (4 * (j / 8))) & 15) | (((s[8 + (j % 4)] >> (2 * (j / 4))) & 3) << 4);
            scales[j] = d * (scale - 32);
        }

        TwoBits(block[32..], numbers);
        for (var e = 0; e < Values; e++)
        {
            numbers[e] -= (sbyte)(4 - (4 * ((block[e % 32] >> (e / 32)) & 1)));
        }
    }

    /// <summary>[0] half d, [2] half dmin, [4] 12 bytes s, [16] 128 bytes p: w = (d sc) n - dmin mn, 32 values a group.</summary>
    public static void ReadQ4_K(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
    {
        SixBitScales(block, scales, offsets);
        FourBits(block[16..], numbers);
    }

    /// <summary>As Q4_K, with [16] 32 bytes h before [48] p: bit j of h[e % 32] is the fifth bit of n.</summary>
    public static void ReadQ5_K(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
    {
        SixBitScales(block, scales, offsets);
        FourBits(block[48..], numbers);
        for (var e = 0; e < Values; e++)
        {
            numbers[e] |= (sbyte)(((block[16 + (e % 32)] >> (e / 32)) & 1) << 4);
        }
    }

    /// <summary>
    /// [0] 128 bytes p, [128] 64 bytes h, [192] 16 signed bytes s, [208] half d: w = (d s[j]) (n - 32), four lower bits from p, two
    /// upper ones from h.
    /// </summary>
    public static void ReadQ6_K(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
    {
        var d = SmallBlocks.Half(block, 208);
        for (var j = 0; j < 16; j++)
        {
            scales[j] = d * (sbyte)block[192 + j];
        }

        for (var e = 0; e < Values; e++)
        {
            var (g, k, l) = (e / 128, e % 128 / 32, e % 32);
            var low = (block[(64 * g) + (32 * (k % 2)) + l] >> (4 * (k / 2))) & 15;
            var high = (block[128 + (32 * g) + l] >> (2 * k)) & 3;
            numbers[e] = (sbyte)((low | (high << 4)) - 32);
        }
    }

    /// <summary>
    /// [0] half d, [2] 16 bits sh, [4] 4 bytes sl, [8] 128 bytes p: w = (d sc) V[n], 32 values a group, each packed as in IQ4_NL.
    /// </summary>
    public static void ReadIQ4_XS(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
    {
        var (d, high) = (SmallBlocks.Half(block, 0), BinaryPrimitives.ReadUInt16LittleEndian(block[2..]));
        for (var j = 0; j < 8; j++)
        {
            var scale = ((block[4 + (j / 2)] >> (4 * (j % 2))) & 15) | (((high >> (2 * j)) & 3) << 4);
            scales[j] = d * (scale - 32);
            SmallBlocks.Nibbles(block[(8 + (16 * j))..], numbers[(32 * j)..], less: 0);
        }

        SmallBlocks.LookUp(numbers[..Values]);
    }

    // Eight scales and eight least values of six bits in twelve bytes: the first four whole, of the others the upper two bits stand apart.
    private static void SixBitScales(ReadOnlySpan<byte> block, Span<float> scales, Span<float> offsets)
    {
        var s = block[4..];
        var (d, least) = (SmallBlocks.Half(block, 0), SmallBlocks.Half(block, 2));
        for (var j = 0; j < 8; j++)
        {
            var scale = j < 4 ? s[j] & 63 : (s[j + 4] & 15) | ((s[j - 4] >> 6) << 4);
            var smallest = j < 4 ? s[j + 4] & 63 : (s[j + 4] >> 4) | ((s[j] >> 6) << 4);
            scales[j] = d * scale;
            offsets[j] = least * smallest;
        }
    }

    // Bytes of 32 values hold four groups of them: n = (p[32 (e / 128) + e % 32] >> 2 ((e % 128) / 32)) & 3.
    private static void TwoBits(ReadOnlySpan<byte> packed, Span<sbyte> numbers)
    {
        for (var e = 0; e < Values; e++)
        {
            numbers[e] = (sbyte)((packed[(32 * (e / 128)) + (e % 32)] >> (2 * (e % 128 / 32))) & 3);
        }
    }

    // Bytes of 32 values hold two groups of them, the first in their lower halves.
    private static void FourBits(ReadOnlySpan<byte> packed, Span<sbyte> numbers)
    {
        for (var e = 0; e < Values; e++)
        {
            var pair = packed[(32 * (e / 64)) + (e % 32)];
            numbers[e] = (sbyte)(e % 64 < 32 ? pair & 15 : pair >> 4);
        }
    }
}
