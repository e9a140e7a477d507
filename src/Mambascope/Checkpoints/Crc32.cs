using System.Buffers.Binary;

namespace Mambascope.Checkpoints;

/// <summary>
/// The checksum of zip archives: the remainder of the bits by the polynomial 0x04C11DB7, lowest bit first (ISO 3309, as in PNG and gzip).
/// Eight bytes a step by eight tables (M. E. Kounavis, F. L. Berry: A systematic approach to building high performance software-based CRC
/// generators, 2005): table k holds the remainder of a byte that k more bytes follow.
/// </summary>
internal sealed class Crc32
{
    private const uint Reversed = 0xEDB88320;

    private static readonly uint[][] tables = Tables();

    private uint inverted;

    /// <summary>The checksum of all bytes so far; 0 for none.</summary>
    public uint Value => inverted;

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var crc = ~inverted;
        while (bytes.Length >= 8)
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = tables[7][low & 0xFF] ^ tables[6][(low >> 8) & 0xFF] ^ tables[5][(low >> 16) & 0xFF] ^ tables[4][low >> 24]
                ^ tables[3][high & 0xFF] ^ tables[2][(high >> 8) & 0xFF] ^ tables[1][(high >> 16) & 0xFF] ^ tables[0][high >> 24];
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
        {
            crc = tables[0][(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        inverted = ~crc;
    }

    private static uint[][] Tables()
    {
        var made = new uint[8][];
        for (var k = 0; k < made.Length; k++)
        {
            made[k] = new uint[256];
            for (var value = 0u; value < 256; value++)
            {
                made[k][value] = k == 0 ? Remainder(value) : made[0][made[k - 1][value] & 0xFF] ^ (made[k - 1][value] >> 8);
            }
        }

        return made;
    }

    private static uint Remainder(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            value = (value & 1) != 0 ? Reversed ^ (value >> 1) : value >> 1;
        }

        return value;
    }
}
