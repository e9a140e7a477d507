using System.Runtime.InteropServices;

namespace Mambascope.Inputs.Text;

/// <summary>
/// Byte-level BPE in the steps of <c>tokenizer.json</c>: added tokens are cut out, the rest is normalised, cut into words, spelled
/// in letters for bytes, and merged pair by pair.
/// </summary>
internal sealed class BytePairTokenizer : TextTokenizer
{
    private readonly BytePairTokenizerParts parts;
    private readonly Dictionary<int, byte[]> bytes = [];

    internal BytePairTokenizer(BytePairTokenizerParts parts)
    {
        this.parts = parts;
        foreach (var (token, id) in parts.Vocabulary)
        {
            bytes[id] = ByteLetters.Bytes(token);
        }

        foreach (var token in parts.Added)
        {
            bytes[token.Id] = System.Text.Encoding.UTF8.GetBytes(token.Content);
        }

        VocabularySize = bytes.Keys.Max() + 1;
    }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<TextToken> Encode(string text)
    {
        var tokens = EncodePlain(text);
        return parts.Before.Count + parts.After.Count == 0
            ? tokens
            : [.. parts.Before.Select(id => new TextToken(id, Show(id), 0, 0)), .. tokens, .. parts.After.Select(id => new TextToken(id, Show(id), text.Length, text.Length))];
    }

    private protected override byte[]? Bytes(int id) => bytes.GetValueOrDefault(id);

    private protected override IReadOnlyList<TextToken> EncodePlain(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<TextToken>(text.Length / 3);
        var ids = new List<(int, int, int)>();
        foreach (var (part, token) in parts.RawTokens.Cut(AlignedText.Of(text)))
        {
            if (token is not null)
            {
                tokens.Add(Token(token.Id, part));
                continue;
            }

            foreach (var (rest, normalisedToken) in parts.NormalisedTokens.Cut(parts.Normalise(part)))
            {
                if (normalisedToken is not null)
                {
                    tokens.Add(Token(normalisedToken.Id, rest));
                }
                else
                {
                    EncodeWords(rest, tokens, ids);
                }
            }
        }

        return tokens;
    }

    private void EncodeWords(AlignedText text, List<TextToken> tokens, List<(int Id, int Start, int End)> ids)
    {
        foreach (var word in parts.PreTokenizers.Aggregate((IEnumerable<AlignedText>)[text], (words, step) => words.SelectMany(step.Apply)))
        {
            ids.Clear();
            if (parts.WholeWordsFirst && parts.Vocabulary.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word.Span, out var whole))
            {
                ids.Add((whole, 0, word.Length));
            }
            else
            {
                parts.Pairs.Encode(word.Span, ids);
            }

            foreach (var (id, start, end) in CollectionsMarshal.AsSpan(ids))
            {
                tokens.Add(Token(id, word.Slice(start, end - start)));
            }
        }
    }

    private TextToken Token(int id, AlignedText from) => new(id, Show(id), from.Sources.Span[0].Start, from.Sources.Span[^1].End);
}
