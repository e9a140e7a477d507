using System.Text;

namespace Mambascope.Inputs.Text;

/// <summary>
/// GPT-2's way of writing any byte as a visible letter, so that a vocabulary of byte strings can be kept as text: printable
/// Latin-1 stands for itself, the other 68 bytes for U+0100, U+0101, ... in order (a space is U+0120).
/// </summary>
internal static class ByteLetters
{
    private const int LetterLimit = 0x100 + 68;

    private static readonly char[] letters = Letters();
    private static readonly short[] bytes = Inverse();

    /// <summary>The letter of a byte.</summary>
    public static char Letter(byte value) => letters[value];

    /// <summary>The byte of a letter; -1 where the character is no such letter.</summary>
    public static int Byte(char letter) => letter < LetterLimit ? bytes[letter] : -1;

    /// <summary>The bytes of a token; a token that is not written in these letters is taken as plain text.</summary>
    public static byte[] Bytes(string token)
    {
        var result = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            var value = Byte(token[i]);
            if (value < 0)
            {
                return Encoding.UTF8.GetBytes(token);
            }

            result[i] = (byte)value;
        }

        return result;
    }

    /// <summary>A text's UTF-8 in letters; each comes from where its character came from.</summary>
    public static AlignedText Spell(AlignedText text)
    {
        var spelled = new char[Encoding.UTF8.GetByteCount(text.Span)];
        var sources = new (int, int)[spelled.Length];
        Span<byte> utf8 = stackalloc byte[4];
        var (at, from) = (0, 0);
        foreach (var rune in text.Span.EnumerateRunes())
        {
            foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
            {
                spelled[at] = letters[value];
                sources[at++] = text.Sources.Span[from];
            }

            from += rune.Utf16SequenceLength;
        }

        return new(spelled, sources);
    }

    private static char[] Letters()
    {
        var result = new char[256];
        var next = (char)0x100;
        for (var value = 0; value < result.Length; value++)
        {
            result[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : next++;
        }

        return result;
    }

    private static short[] Inverse()
    {
        var result = new short[LetterLimit];
        Array.Fill(result, (short)-1);
        for (var value = 0; value < letters.Length; value++)
        {
            result[letters[value]] = (short)value;
        }

        return result;
    }
}
