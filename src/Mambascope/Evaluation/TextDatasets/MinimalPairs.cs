using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Text;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// Pairs of sentences in the format of BLiMP (Warstadt et al., TACL 2020), a right and a wrong one. What is explained depends on the pair:
/// <list type="bullet">
/// <item>
/// two prefixes, one word: why the word comes after the right prefix. The words in which the prefixes differ are known to matter.
/// </item>
/// <item>otherwise, at the first token in which the sentences differ: why the right one's token comes and not the wrong one's. Which tokens
/// matter is not known.</item>
/// </list>
/// </summary>
internal sealed class MinimalPairs : ITextDataset
{
    private static readonly string[] kept = ["UID", "field", "linguistics_term"];

    private readonly IReadOnlyList<Entry> entries;
    private readonly string? begin;

    private MinimalPairs(string name, IReadOnlyList<Entry> entries, string? begin)
        => (Name, this.entries, this.begin) = (name, entries, begin);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => entries.Count;

    /// <inheritdoc/>
    public bool HasAnswers => true;

    /// <inheritdoc/>
    public bool HasTruth => entries.Any(entry => entry.TwoPrefixes is not null);

    /// <inheritdoc/>
    public bool HasPairs => true;

    /// <inheritdoc/>
    public ExplainedClass Explained => ExplainedClass.True;

    /// <summary>Makes pairs of the objects of one or more files.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="lines">The objects.</param>
    /// <param name="begin">Token put before every sentence, or null.</param>
    internal static MinimalPairs Open(string path, IEnumerable<JsonPart> lines, string? begin)
        => new(begin is null ? path : $"{path}, after '{begin}'", [.. lines.Select(Read)], begin);

    /// <inheritdoc/>
    public TextQuestion Read(int index, TokenReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var entry = entries[IndexCheck.Within(index, Count)];
        int[] before = begin is null ? [] : [reader.Token(begin)];
        var (good, bad) = (Encode(entry.Good), Encode(entry.Bad));
        var (goodWord, badWord) = Words(entry);
        var pair = new TextPair(Judged(good, 0, int.MaxValue), Judged(bad, 0, int.MaxValue), goodWord, badWord);
        var question = entry.TwoPrefixes is { } two ? OfWord(two.Good, two.Word, Difference(two.Good, two.Bad)) : OfDifference();
        return question with { Pair = pair, Columns = entry.Columns };

        EncodedText Encode(string text) => EncodedText.Of(reader, text, entry.Id);

        int[] Ids(EncodedText text) => [.. before, .. text.Ids];

        // The tokens that reach beyond one place and not beyond another, after all before them; the very first token of all cannot be
        // judged.
        Continuation Judged(EncodedText text, int from, int end)
            => new([.. Ids(text)[..(before.Length + text.Before(end))]], Math.Max(1, before.Length + (from == 0 ? 0 : text.Before(from))));

        Continuation Word(string prefix, string word)
            => Judged(Encode($"{prefix} {word}"), prefix.Length + 1, prefix.Length + 1 + word.Length);

        (Continuation? Good, Continuation? Bad) Words(Entry pair)
            => pair.OnePrefix is { } one ? (Word(one.Prefix, one.Good), Word(one.Prefix, one.Bad))
                : pair.TwoPrefixes is { } two ? (Word(two.Good, two.Word), Word(two.Bad, two.Word))
                : (null, null);

        // Explained is the first token with a character of the word; a space before the word may be a token of its own.
        TextQuestion OfWord(string prefix, string word, IReadOnlyList<(int Start, int End)> evidence)
        {
            var text = Encode($"{prefix} {word}");
            var read = text.Before(prefix.Length + 1);
            int[] places = [.. text.Places(prefix.Length).Where(place => place < read)];
            return new(
                entry.Id,
                Ids(text)[..(before.Length + read)],
                Shifted(places),
                text.Tokens[read].Id,
                evidence.Count == 0 ? null : Shifted(text.Within(places, evidence)));
        }

        TextQuestion OfDifference()
        {
            var (right, wrong) = (Ids(good), Ids(bad));
            var shared = right.AsSpan().CommonPrefixLength(wrong);
            if (shared < 1 || shared >= Math.Min(right.Length, wrong.Length))
            {
                // Nothing is shared to explain from: only the sentences are compared. The question is a formality without figures.
                return new(entry.Id, right[..1], [], right[Math.Min(1, right.Length - 1)], Truth: null);
            }

            int[] places = [.. good.Places(int.MaxValue).Select(place => place + before.Length).Where(place => place < shared)];
            return new(entry.Id, right[..shared], places, right[shared], Truth: null) { Contrast = wrong[shared] };
        }

        int[] Shifted(int[] places) => [.. places.Select(place => place + before.Length)];
    }

    /// <summary>
    /// The words of the first text in which it differs from the second: word by word where both have as many, else all between what they
    /// share at both ends.
    /// </summary>
    internal static IReadOnlyList<(int Start, int End)> Difference(string first, string second)
    {
        var (a, b) = (Split(first), Split(second));
        if (a.Count == b.Count)
        {
            return
            [
                .. a.Zip(b)
                    .Where(pair => pair.First.Word != pair.Second.Word)
                    .Select(pair => (pair.First.Start, pair.First.Start + pair.First.Word.Length)),
            ];
        }

        var least = Math.Min(a.Count, b.Count);
        var head = Enumerable.Range(0, least).TakeWhile(i => a[i].Word == b[i].Word).Count();
        var tail = Enumerable.Range(1, least - head).TakeWhile(i => a[^i].Word == b[^i].Word).Count();
        return [.. a.Skip(head).Take(a.Count - head - tail).Select(word => (word.Start, word.Start + word.Word.Length))];
    }

    private static List<(string Word, int Start)> Split(string text)
    {
        var words = new List<(string, int)>();
        var start = 0;
        foreach (var word in text.Split(' '))
        {
            if (word.Length > 0)
            {
                words.Add((word, start));
            }

            start += word.Length + 1;
        }

        return words;
    }

    private static Entry Read(JsonPart line)
    {
        var columns = JsonLines.Columns(line);
        var name =
            (columns.TryGetValue("UID", out var uid) ? uid : "pair") + (columns.TryGetValue("pairID", out var number) ? $":{number}" : "");
        return new(
            name,
            Sentence(line, "sentence_good"),
            Sentence(line, "sentence_bad"),
            line.Flag("one_prefix_method", absent: false)
                ? (Sentence(line, "one_prefix_prefix"), Sentence(line, "one_prefix_word_good"), Sentence(line, "one_prefix_word_bad"))
                : null,
            line.Flag("two_prefix_method", absent: false)
                ? (Sentence(line, "two_prefix_prefix_good"), Sentence(line, "two_prefix_prefix_bad"), Sentence(line, "two_prefix_word"))
                : null,
            columns.Where(column => kept.Contains(column.Key, StringComparer.Ordinal)).ToDictionary(StringComparer.Ordinal));
    }

    private static string Sentence(JsonPart line, string name)
    {
        var part = line.Required(name);
        return part.Text() is { Length: > 0 } text && !string.IsNullOrWhiteSpace(text) ? text : throw part.Unexpected("words");
    }

    private sealed record Entry(
        string Id,
        string Good,
        string Bad,
        (string Prefix, string Good, string Bad)? OnePrefix,
        (string Good, string Bad, string Word)? TwoPrefixes,
        IReadOnlyDictionary<string, string> Columns);
}
