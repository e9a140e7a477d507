using System.Text;

namespace Mambascope.Inputs.Text;

/// <summary>
/// Unicode normalisation to composed (NFC) or decomposed (NFD) characters, Unicode Standard Annex 15, keeping track of where
/// every character comes from.
/// </summary>
/// <remarks>
/// Text is cut before every code point that can neither combine with what stands before it nor be reordered, and each part is
/// normalised by itself. All characters of a part that changed come from the whole part.
/// </remarks>
internal static class CanonicalForm
{
    // Below these nothing changes: the first combining mark, the first letter with an accent.
    private const char FirstChangedByComposing = '\u0300', FirstChangedByDecomposing = '\u00C0';

    public static AlignedText Compose(AlignedText text) => Normalise(text, FirstChangedByComposing, compose: true);

    public static AlignedText Decompose(AlignedText text) => Normalise(text, FirstChangedByDecomposing, compose: false);

    private static AlignedText Normalise(AlignedText text, char firstChanged, bool compose)
    {
        if (!text.Span.ContainsAnyInRange(firstChanged, char.MaxValue))
        {
            return text;
        }

        var unicode = UnicodeCanonical.Tables;
        var result = new StringBuilder(text.Length);
        var sources = new List<(int, int)>(text.Length);
        var part = new List<int>();
        var partStart = 0;
        var at = 0;
        foreach (var rune in text.Span.EnumerateRunes())
        {
            var before = part.Count;
            unicode.Decompose(rune.Value, part);
            if (before > 0 && Begins(unicode, part[before]))
            {
                var next = part[before..];
                part.RemoveRange(before, part.Count - before);
                Finish(text.Slice(partStart, at - partStart));
                part.AddRange(next);
                partStart = at;
            }

            at += rune.Utf16SequenceLength;
        }

        Finish(text.Slice(partStart, at - partStart));
        return new(result.ToString().AsMemory(), sources.ToArray());

        void Finish(AlignedText original)
        {
            Reorder(unicode, part);
            if (compose)
            {
                Compose(unicode, part);
            }

            var start = result.Length;
            foreach (var code in part)
            {
                result.Append(new Rune(code).ToString());
            }

            var unchanged =
                result.Length - start == original.Length && result.ToString(start, original.Length).AsSpan().SequenceEqual(original.Span);
            (int, int) whole = (original.Sources.Span[0].Start, original.Sources.Span[^1].End);
            for (var i = 0; i < result.Length - start; i++)
            {
                sources.Add(unchanged ? original.Sources.Span[i] : whole);
            }

            part.Clear();
        }
    }

    /// <summary>
    /// Whether nothing before this code point of a decomposition can touch it: not a mark, not the second half of a composition.
    /// </summary>
    private static bool Begins(UnicodeCanonical unicode, int code) => unicode.Class(code) == 0 && !unicode.IsSecond(code);

    /// <summary>Sorts runs of marks by their class, keeping the order of equals.</summary>
    private static void Reorder(UnicodeCanonical unicode, List<int> part)
    {
        for (var start = 0; start < part.Count; start++)
        {
            var end = start;
            while (end < part.Count && unicode.Class(part[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                var sorted = part[start..end].OrderBy(unicode.Class).ToList(); // stable
                for (var i = start; i < end; i++)
                {
                    part[i] = sorted[i - start];
                }
            }

            start = end;
        }
    }

    /// <summary>Joins each mark with the last beginning before it, where nothing of the same or a higher class stands between.</summary>
    private static void Compose(UnicodeCanonical unicode, List<int> part)
    {
        var (beginning, lastClass, kept) = (-1, -1, 0);
        foreach (var code in part.ToArray())
        {
            var own = unicode.Class(code);
            if (beginning >= 0 && (lastClass < own || lastClass == -1) && unicode.Compose(part[beginning], code) is >= 0 and var composed)
            {
                part[beginning] = composed;
                continue;
            }

            part[kept] = code;
            if (own == 0)
            {
                (beginning, lastClass) = (kept, -1);
            }
            else
            {
                lastClass = own;
            }

            kept++;
        }

        part.RemoveRange(kept, part.Count - kept);
    }
}
