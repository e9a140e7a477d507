using System.Text;
using System.Text.Unicode;

namespace Mambascope.Checkpoints;

/// <summary>
/// The text of a file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark. Anything else is refused with the byte at fault: a letter
/// that was read wrongly would change tokens and labels without a word.
/// </summary>
internal static class TextFile
{
    // UTF-32 before UTF-16: its mark begins with the other's.
    private static readonly Encoding[] marked =
    [
        new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true),
        new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true),
        new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
    ];

    /// <summary>Reads a whole file of at most <paramref name="limit"/> bytes.</summary>
    /// <exception cref="BadInputException">Missing, too large, or in another encoding.</exception>
    public static string Read(string path, int limit) => Decode(InputFile.ReadAll(path, limit), path);

    /// <summary>The text of bytes, without a byte order mark.</summary>
    /// <exception cref="BadInputException">Another encoding; the message says which byte is at fault.</exception>
    internal static string Decode(ReadOnlySpan<byte> bytes, string path)
    {
        foreach (var encoding in marked)
        {
            if (bytes.StartsWith(encoding.Preamble))
            {
                return Decode(bytes[encoding.Preamble.Length..], encoding, path);
            }
        }

        bytes = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw NotUtf8(bytes, path);
    }

    /// <summary>Bytes of UTF-8 without a byte order mark, as parsers want them; a marked encoding is turned into UTF-8.</summary>
    /// <exception cref="BadInputException">Another encoding.</exception>
    internal static ReadOnlyMemory<byte> ToUtf8(byte[] bytes, string path)
    {
        if (Utf8.IsValid(bytes))
        {
            return bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
        }

        return Encoding.UTF8.GetBytes(Decode(bytes, path));
    }

    private static string Decode(ReadOnlySpan<byte> bytes, Encoding encoding, string path)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new BadInputException($"{path} begins with the byte order mark of {encoding.WebName}, but is no valid text in it: it "
                + "is damaged; save it as UTF-8", error);
        }
    }

    private static BadInputException NotUtf8(ReadOnlySpan<byte> bytes, string path)
    {
        var offset = 0;
        while (Rune.DecodeFromUtf8(bytes[offset..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            offset += length;
        }

        return new($"{path} is not UTF-8: byte 0x{bytes[offset]:X2} at offset {offset}; save it as UTF-8 (UTF-16 with a byte order mark "
            + "is read too)");
    }
}
