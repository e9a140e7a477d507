using System.Buffers.Binary;

namespace Mambascope.Numerics;

/// <summary>Blocks of 32 values. Numbers in brackets are byte offsets, lo and hi the two halves of a byte; e counts the values.</summary>
internal static class SmallBlocks
{
    private const int Values = 32;

    /// <summary>The 16 values of ggml's non-linear four-bit formats.</summary>
    public static ReadOnlySpan<sbyte> Codebook => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>[0] half d, [2] 32 signed bytes n: w = d n.</summary>
    public static void ReadQ8_0(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
    {
        scales[0] = Half(block, 0);
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, sbyte>(block.Slice(2, Values)).CopyTo(numbers);
    }

    /// <summary>[0] half d, [2] 16 bytes p: w = d (n - 8) with n = lo(p[e]), from e = 16 on hi(p[e - 16]).</summary>
    public static void ReadQ4_0(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
    {
        scales[0] = Half(block, 0);
        Nibbles(block[2..], numbers, less: 8);
    }

    /// <summary>[0] half d, [2] half m, [4] p as in Q4_0: w = d n + m.</summary>
    public static void ReadQ4_1(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
    {
        (scales[0], offsets[0]) = (Half(block, 0), -Half(block, 2));
        Nibbles(block[4..], numbers, less: 0);
    }

    /// <summary>[0] half d, [2] 32 bits h, [6] p: w = d (n - 16) with bit e of h as the fifth bit of n.</summary>
    public static void ReadQ5_0(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
    {
        scales[0] = Half(block, 0);
        Nibbles(block[6..], numbers, less: 16);
        AddFifthBits(BinaryPrimitives.ReadUInt32LittleEndian(block[2..]), numbers);
    }

    /// <summary>[0] half d, [2] half m, [4] h, [8] p: w = d n + m.</summary>
    public static void ReadQ5_1(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
    {
        (scales[0], offsets[0]) = (Half(block, 0), -Half(block, 2));
        Nibbles(block[8..], numbers, less: 0);
        AddFifthBits(BinaryPrimitives.ReadUInt32LittleEndian(block[4..]), numbers);
    }

    /// <summary>[0] half d, [2] p as in Q4_0: w = d V[n] with the values V of <see cref="Codebook"/>.</summary>
    public static void ReadIQ4_NL(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
    {
        scales[0] = Half(block, 0);
        Nibbles(block[2..], numbers, less: 0);
        LookUp(numbers[..Values]);
    }

    /// <summary>A little-endian IEEE half as a single, exactly.</summary>
    public static float Half(ReadOnlySpan<byte> block, int at) => (float)BinaryPrimitives.ReadHalfLittleEndian(block[at..]);

    /// <summary>Sixteen bytes become 32 numbers: their lower halves, then their upper halves.</summary>
    public static void Nibbles(ReadOnlySpan<byte> packed, Span<sbyte> numbers, int less)
    {
        for (var i = 0; i < Values / 2; i++)
        {
            numbers[i] = (sbyte)((packed[i] & 15) - less);
            numbers[i + (Values / 2)] = (sbyte)((packed[i] >> 4) - less);
        }
    }

    /// <summary>Numbers of four bits become the codebook's values.</summary>
    public static void LookUp(Span<sbyte> numbers)
    {
        foreach (ref var number in numbers)
        {
            number = Codebook[number];
        }
    }

    private static void AddFifthBits(uint bits, Span<sbyte> numbers)
    {
        for (var e = 0; e < Values; e++)
        {
            numbers[e] += (sbyte)(((bits >> e) & 1) << 4);
        }
    }
}
