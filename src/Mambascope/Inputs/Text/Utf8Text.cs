using System.Text;

namespace Mambascope.Inputs.Text;

/// <summary>The bytes of tokens, one after another, and the characters they make together.</summary>
internal sealed class Utf8Text
{
    private readonly List<byte> bytes = [];
    private readonly List<(int Id, int FirstByte)> tokens = [];

    /// <summary>The tokens in order, each with the place of its first byte.</summary>
    public IReadOnlyList<(int Id, int FirstByte)> Tokens => tokens;

    /// <summary>How many bytes.</summary>
    public int Count => bytes.Count;

    public void Append(int id, ReadOnlySpan<byte> token)
    {
        tokens.Add((id, bytes.Count));
        bytes.AddRange(token);
    }

    /// <summary>The text. A longest run of bytes that could begin a character but does not end one is one U+FFFD.</summary>
    /// <param name="characters">(Count + 1) for each byte, the range of its character in the text; one more for the end.</param>
    public string ToText(out (int Start, int End)[] characters)
    {
        var rest = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes);
        var text = new StringBuilder(bytes.Count);
        characters = new (int, int)[bytes.Count + 1];
        for (var at = 0; at < bytes.Count;)
        {
            Rune.DecodeFromUtf8(rest[at..], out var rune, out var length);
            characters.AsSpan(at, length).Fill((text.Length, text.Length + rune.Utf16SequenceLength));
            text.Append(rune.ToString());
            at += length;
        }

        characters[^1] = (text.Length, text.Length);
        return text.ToString();
    }

    /// <summary>Characters as they are, other bytes as <c>\xE2</c>.</summary>
    public static string Show(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (var value in bytes[..length])
                {
                    text.Append("\\x").Append(value.ToString("X2"));
                }
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }
}
