using System.Text;

namespace Mambascope.Inputs.Text;

/// <summary>
/// Byte-level BPE in the steps of <c>tokenizer.json</c>: added tokens are cut out, the rest is normalised, cut into words, spelled
/// in letters for bytes, and merged pair by pair.
/// </summary>
internal sealed class BytePairTokenizer : TextTokenizer
{
    private readonly BytePairTokenizerParts parts;
    private readonly (AddedTokens Raw, AddedTokens Normalised) ofText;
    private readonly Dictionary<int, (byte[] Bytes, string Shown)> tokens = [];

    internal BytePairTokenizer(BytePairTokenizerParts parts)
    {
        this.parts = parts;
        ofText = (parts.RawTokens.WithoutSpecial(), parts.NormalisedTokens.WithoutSpecial());
        foreach (var (token, id) in parts.Vocabulary)
        {
            Add(id, ByteLetters.Bytes(token));
        }

        foreach (var token in parts.Added)
        {
            Add(token.Id, Encoding.UTF8.GetBytes(token.Content));
        }

        VocabularySize = tokens.Keys.Max() + 1;

        void Add(int id, byte[] bytes) => tokens[id] = (bytes, Utf8Text.Show(bytes));
    }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<TextToken> Encode(string text, bool readsSpecial)
    {
        var plain = Tokens(text, readsSpecial ? (parts.RawTokens, parts.NormalisedTokens) : ofText);
        return parts.Before.Count + parts.After.Count == 0
            ? plain
            :
            [
                .. parts.Before.Select(id => new TextToken(id, Show(id), 0, 0)),
                .. plain,
                .. parts.After.Select(id => new TextToken(id, Show(id), text.Length, text.Length)),
            ];
    }

    /// <inheritdoc/>
    public override string Show(int id) => tokens.TryGetValue(id, out var token) ? token.Shown : base.Show(id);

    private protected override byte[]? Bytes(int id) => tokens.GetValueOrDefault(id).Bytes;

    private protected override IReadOnlyList<TextToken> EncodePlain(string text)
        => Tokens(text, (parts.RawTokens, parts.NormalisedTokens));

    private List<TextToken> Tokens(string text, (AddedTokens Raw, AddedTokens Normalised) added)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = new List<TextToken>(text.Length / 3);
        var words = new Dictionary<string, (int Id, int Start, int End)[]>(StringComparer.Ordinal);
        foreach (var (part, token) in added.Raw.Cut(AlignedText.Of(text)))
        {
            if (token is not null)
            {
                found.Add(Token(token.Id, part));
                continue;
            }

            foreach (var (rest, normalisedToken) in added.Normalised.Cut(parts.Normalise(part)))
            {
                if (normalisedToken is not null)
                {
                    found.Add(Token(normalisedToken.Id, rest));
                }
                else
                {
                    EncodeWords(rest, found, words);
                }
            }
        }

        return found;
    }

    /// <summary>Adds the tokens of a text; each different word is merged once in a call.</summary>
    private void EncodeWords(AlignedText text, List<TextToken> found, Dictionary<string, (int Id, int Start, int End)[]> words)
    {
        var known = words.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var word in parts.PreTokenizers.Aggregate((IEnumerable<AlignedText>)[text], (cut, step) => cut.SelectMany(step.Apply)))
        {
            if (!known.TryGetValue(word.Span, out var ids))
            {
                known[word.Span] = ids = EncodeWord(word.Span);
            }

            foreach (var (id, start, end) in ids)
            {
                found.Add(Token(id, word.Slice(start, end - start)));
            }
        }
    }

    private (int Id, int Start, int End)[] EncodeWord(ReadOnlySpan<char> word)
    {
        if (parts.WholeWordsFirst && parts.Vocabulary.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var whole))
        {
            return [(whole, 0, word.Length)];
        }

        var ids = new List<(int, int, int)>();
        parts.Pairs.Encode(word, ids);
        return [.. ids];
    }

    private TextToken Token(int id, AlignedText from) => new(id, Show(id), from.Sources.Span[0].Start, from.Sources.Span[^1].End);
}
