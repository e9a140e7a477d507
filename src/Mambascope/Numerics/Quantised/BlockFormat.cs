using System.Buffers.Binary;
using System.Diagnostics;

namespace Mambascope.Numerics;

/// <summary>
/// How ggml packs the values of a matrix row into blocks of 32 or 256: whole numbers of 2 to 8 bits, with a scale, and in some formats an
/// offset, for every 16 or 32 of them. A value is w = scale · n, or w = scale · n - offset, in singles, rounded after each operation.
/// </summary>
/// <remarks>
/// The formulas stand in <see cref="SmallBlocks"/> and <see cref="SuperBlocks"/>, after ggml/src/ggml-quants.c and
/// gguf-py/gguf/quants.py.
/// </remarks>
internal sealed class BlockFormat
{
    /// <summary>Most values of a block.</summary>
    public const int MostValues = 256;

    /// <summary>Most scales of a block.</summary>
    public const int MostScales = MostValues / 16;

    private readonly Reader reader;
    private readonly int[] halves;

    private BlockFormat(string name, int values, int bytes, int group, bool hasOffset, int[] halves, Reader reader)
    {
        (Name, Values, Bytes, Group, HasOffset) = (name, values, bytes, group, hasOffset);
        (this.halves, this.reader) = (halves, reader);
    }

    /// <summary>Takes a block apart.</summary>
    internal delegate void Reader(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets);

    public static BlockFormat Q4_0 { get; } = new("Q4_0", 32, 18, 32, hasOffset: false, [0], SmallBlocks.ReadQ4_0);

    public static BlockFormat Q4_1 { get; } = new("Q4_1", 32, 20, 32, hasOffset: true, [0, 2], SmallBlocks.ReadQ4_1);

    public static BlockFormat Q5_0 { get; } = new("Q5_0", 32, 22, 32, hasOffset: false, [0], SmallBlocks.ReadQ5_0);

    public static BlockFormat Q5_1 { get; } = new("Q5_1", 32, 24, 32, hasOffset: true, [0, 2], SmallBlocks.ReadQ5_1);

    public static BlockFormat Q8_0 { get; } = new("Q8_0", 32, 34, 32, hasOffset: false, [0], SmallBlocks.ReadQ8_0);

    public static BlockFormat IQ4_NL { get; } = new("IQ4_NL", 32, 18, 32, hasOffset: false, [0], SmallBlocks.ReadIQ4_NL);

    public static BlockFormat Q2_K { get; } = new("Q2_K", 256, 84, 16, hasOffset: true, [80, 82], SuperBlocks.ReadQ2_K);

    public static BlockFormat Q3_K { get; } = new("Q3_K", 256, 110, 16, hasOffset: false, [108], SuperBlocks.ReadQ3_K);

    public static BlockFormat Q4_K { get; } = new("Q4_K", 256, 144, 32, hasOffset: true, [0, 2], SuperBlocks.ReadQ4_K);

    public static BlockFormat Q5_K { get; } = new("Q5_K", 256, 176, 32, hasOffset: true, [0, 2], SuperBlocks.ReadQ5_K);

    public static BlockFormat Q6_K { get; } = new("Q6_K", 256, 210, 16, hasOffset: false, [208], SuperBlocks.ReadQ6_K);

    public static BlockFormat IQ4_XS { get; } = new("IQ4_XS", 256, 136, 32, hasOffset: false, [0], SuperBlocks.ReadIQ4_XS);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<BlockFormat> All { get; } = [Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_XS];

    /// <summary>ggml's name.</summary>
    public string Name { get; }

    /// <summary>Values of a block.</summary>
    public int Values { get; }

    /// <summary>Bytes of a block.</summary>
    public int Bytes { get; }

    /// <summary>Neighbouring values that share a scale: 16 or 32.</summary>
    public int Group { get; }

    /// <summary>Whether an offset is taken off after scaling.</summary>
    public bool HasOffset { get; }

    /// <summary>Takes one block apart.</summary>
    /// <param name="block"><see cref="Bytes"/> bytes.</param>
    /// <param name="numbers">Gets <see cref="Values"/> whole numbers.</param>
    /// <param name="scales">Gets a scale for each <see cref="Group"/> of them.</param>
    /// <param name="offsets">Gets as many offsets, where the format has them.</param>
    public void Read(ReadOnlySpan<byte> block, Span<sbyte> numbers, Span<float> scales, Span<float> offsets)
        => reader(block[..Bytes], numbers, scales, offsets);

    /// <summary>The values of some blocks, bit for bit those of ggml's own functions.</summary>
    public void Widen(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        Debug.Assert(blocks.Length % Bytes == 0 && values.Length == blocks.Length / Bytes * Values, "no whole blocks");
        Span<sbyte> numbers = stackalloc sbyte[MostValues];
        Span<float> scales = stackalloc float[MostScales], offsets = stackalloc float[MostScales];
        for (var at = 0; at < values.Length; at += Values)
        {
            Read(blocks, numbers, scales, offsets);
            for (var i = 0; i < Values; i++)
            {
                var product = scales[i / Group] * numbers[i];
                values[at + i] = HasOffset ? product - offsets[i / Group] : product;
            }

            blocks = blocks[Bytes..];
        }
    }

    /// <summary>The first block with a scale or offset that is infinite or no number, or -1: all its values are then.</summary>
    public long FirstNotFinite(ReadOnlySpan<byte> blocks)
    {
        const int Exponent = 0x7C00;
        for (var at = 0; at < blocks.Length; at += Bytes)
        {
            foreach (var half in halves)
            {
                if ((BinaryPrimitives.ReadUInt16LittleEndian(blocks[(at + half)..]) & Exponent) == Exponent)
                {
                    return at / Bytes;
                }
            }
        }

        return -1;
    }

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
