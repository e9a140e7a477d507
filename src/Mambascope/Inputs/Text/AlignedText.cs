using System.Text;

namespace Mambascope.Inputs.Text;

/// <summary>
/// Text on its way to becoming tokens, and where each of its UTF-16 units comes from in what the user wrote. A value: each step
/// of a tokenizer makes a new one or cuts a part out.
/// </summary>
/// <param name="Text">The text now.</param>
/// <param name="Sources">For each unit of <paramref name="Text"/>, its range in the original.</param>
internal readonly record struct AlignedText(ReadOnlyMemory<char> Text, ReadOnlyMemory<(int Start, int End)> Sources)
{
    public int Length => Text.Length;

    public ReadOnlySpan<char> Span => Text.Span;

    /// <summary>What the user wrote. Both halves of a surrogate pair come from the whole pair; a lone half becomes U+FFFD.</summary>
    public static AlignedText Of(string original)
    {
        var text = original;
        var sources = new (int, int)[original.Length];
        var at = 0;
        foreach (var rune in original.EnumerateRunes())
        {
            var end = at + rune.Utf16SequenceLength;
            sources.AsSpan(at, end - at).Fill((at, end));
            if (rune == Rune.ReplacementChar && original[at] != '\uFFFD')
            {
                // Rare, and then everything is rebuilt once.
                return Of(Encoding.Unicode.GetString(Encoding.Unicode.GetBytes(original)));
            }

            at = end;
        }

        return new(text.AsMemory(), sources);
    }

    public AlignedText Slice(int start, int length) => new(Text.Slice(start, length), Sources.Slice(start, length));

    /// <summary>The same text with one unit more in front that stands for nothing in the original.</summary>
    public AlignedText Prepend(char unit)
    {
        var start = Length > 0 ? Sources.Span[0].Start : 0;
        return new((char[])[unit, .. Span], ((int, int)[])[(start, start), .. Sources.Span]);
    }
}
