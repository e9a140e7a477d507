namespace Mambascope.Inputs.Text;

/// <summary>
/// A step that cuts text into words before pairs are merged; no token reaches over a cut. Steps follow each other, each on the
/// parts that the last one made.
/// </summary>
internal abstract class PreTokenizer
{
    /// <summary>Cuts one part.</summary>
    public abstract IEnumerable<AlignedText> Apply(AlignedText part);
}

/// <summary>GPT-2's step: cuts into words with their leading space and spells each in <see cref="ByteLetters"/>.</summary>
/// <param name="addPrefixSpace">Puts a space in front of text that does not begin with one.</param>
/// <param name="useRegex">Whether to cut; a Split step before it has done so otherwise.</param>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    public override IEnumerable<AlignedText> Apply(AlignedText part)
    {
        var text = addPrefixSpace && part.Length > 0 && part.Span[0] != ' ' ? part.Prepend(' ') : part;
        return useRegex
            ? Cuts.Apply(text.Length, TextPattern.Gpt2.Matches(text.Text), SplitBehavior.Isolated)
                .Select(cut => ByteLetters.Spell(text.Slice(cut.Start, cut.End - cut.Start)))
            : [ByteLetters.Spell(text)];
    }
}

/// <summary>Cuts where a pattern matches: <c>Split</c>, <c>Digits</c> and <c>Punctuation</c> of <c>tokenizer.json</c>.</summary>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    public override IEnumerable<AlignedText> Apply(AlignedText part)
        => Cuts.Apply(part.Length, pattern.Matches(part.Text), behavior, invert).Select(cut => part.Slice(cut.Start, cut.End - cut.Start));
}
