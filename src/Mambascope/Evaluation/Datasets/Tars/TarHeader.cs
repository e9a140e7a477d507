namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>The block of 512 bytes in front of every member of a tar file: POSIX (ustar, pax), GNU's, or the oldest form.</summary>
/// <param name="Kind">What follows: '0' a file, '5' a folder, 'x' more about the next member, and so on.</param>
/// <param name="Size">Bytes that follow.</param>
/// <param name="Name">Bytes of the name, its prefix included.</param>
internal readonly record struct TarHeader(char Kind, long Size, byte[] Name)
{
    /// <summary>Everything in a tar file is a multiple of this.</summary>
    internal const int Block = 512;

    private const byte Binary = 0x80; // a number in base 256, for sizes that octal digits cannot say
    private const int ChecksumAt = 148;
    private const int MagicAt = 257;

    /// <summary>Reads a block that is not all zero.</summary>
    /// <param name="block">512 bytes.</param>
    /// <param name="where">File and place, for messages.</param>
    /// <exception cref="BadInputException">The checksum is another, or a number is none.</exception>
    internal static TarHeader Read(ReadOnlySpan<byte> block, string where)
    {
        var (sum, signed) = (0, 0);
        for (var i = 0; i < Block; i++)
        {
            var value = i is >= ChecksumAt and < ChecksumAt + 8 ? (byte)' ' : block[i];
            sum += value;
            signed += (sbyte)value; // as some old programs added
        }

        if (Number(block.Slice(ChecksumAt, 8)) is not { } stored || (stored != sum && stored != signed))
        {
            throw new BadInputException($"{where}: no tar header there (its checksum is another): the file is damaged, or no tar file");
        }

        if (Number(block.Slice(124, 12)) is not { } size)
        {
            throw new BadInputException($"{where}: the size of a member is negative, too large or no number: the file is damaged");
        }

        // GNU's own form keeps times where POSIX has the prefix.
        var name = Text(block[..100]);
        var prefix = block.Slice(MagicAt, 6).SequenceEqual("ustar\0"u8) ? Text(block.Slice(345, 155)) : [];
        return new((char)block[156], size, prefix.Length > 0 ? [.. prefix, (byte)'/', .. name] : [.. name]);
    }

    // Up to the first zero byte.
    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
        => field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field;

    // Null for what is no number from 0 to 2^50, far above any file.
    private static long? Number(ReadOnlySpan<byte> field)
    {
        const long Most = 1L << 50;
        var value = 0L;
        if ((field[0] & Binary) != 0)
        {
            value = field[0] & 0x7F;
            foreach (var digit in field[1..])
            {
                value = (value << 8) | digit;
                if (value > Most)
                {
                    return null;
                }
            }

            return value;
        }

        foreach (var digit in Text(field).Trim((byte)' '))
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > Most)
            {
                return null;
            }

            value = (value * 8) + (digit - '0');
        }

        return value <= Most ? value : null;
    }
}
