using System.Text;

namespace Mambascope.Inputs.Text;

/// <summary>For models that read bytes: a token is a byte of the text's UTF-8, its id the byte's value. No file is needed.</summary>
public sealed class ByteTokenizer : TextTokenizer
{
    private const int Values = 256;

    /// <inheritdoc/>
    public override int VocabularySize => Values;

    /// <inheritdoc/>
    public override IReadOnlyList<TextToken> Encode(string text, bool readsSpecial) => EncodePlain(text);

    private protected override byte[]? Bytes(int id) => id is >= 0 and < Values ? [(byte)id] : null;

    private protected override IReadOnlyList<TextToken> EncodePlain(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<TextToken>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            // A lone surrogate is enumerated as U+FFFD, which is one UTF-16 unit as well.
            var end = at + rune.Utf16SequenceLength;
            foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
            {
                tokens.Add(new(value, Show(value), at, end));
            }

            at = end;
        }

        return tokens;
    }
}
