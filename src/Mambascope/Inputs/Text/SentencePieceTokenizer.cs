using System.Globalization;
using System.Text;

namespace Mambascope.Inputs.Text;

/// <summary>Where a space is put in front of a text that SentencePiece reads.</summary>
internal enum SpacePrefix
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>Before the text, also where an added token stands first (a tokenizer.json with prepend_scheme "first").</summary>
    First,

    /// <summary>Before every part that added tokens leave, as llama.cpp does.</summary>
    AfterEveryCut,
}

/// <summary>What a SentencePiece tokenizer is made of.</summary>
internal sealed record SentencePieceParts
{
    /// <summary>Tokens and ids; a space is written U+2581, a byte &lt;0x0A&gt;.</summary>
    public required Dictionary<string, int> Vocabulary { get; init; }

    /// <summary>Which neighbours are merged.</summary>
    public required SentencePieceMerges Merges { get; init; }

    /// <summary>Tokens that are cut out of the text before anything else.</summary>
    public required IReadOnlyList<AddedToken> Added { get; init; }

    /// <summary>The token for what has no other, and no bytes either; null where such text is dropped.</summary>
    public required int? Unknown { get; init; }

    /// <summary>Where a space is put in front.</summary>
    public required SpacePrefix Prefix { get; init; }

    /// <summary>Whether it is left out where the text begins with one.</summary>
    public bool SparesSpace { get; init; }

    /// <summary>Tokens before every text.</summary>
    public required IReadOnlyList<int> Before { get; init; }

    /// <summary>Tokens behind every text.</summary>
    public required IReadOnlyList<int> After { get; init; }
}

/// <summary>
/// SentencePiece's BPE as Llama 2, Mistral and Jamba use it: spaces become U+2581, the text's characters are merged pair by pair without
/// being cut into words first, and a character that is no token becomes the tokens of its bytes.
/// </summary>
internal sealed class SentencePieceTokenizer : TextTokenizer
{
    private const char Space = '\u2581';

    private readonly SentencePieceParts parts;
    private readonly AddedTokens added;
    private readonly AddedTokens ofText;
    private readonly BytePairs pairs;
    private readonly Dictionary<int, (byte[] Bytes, string Shown)> tokens = [];
    private readonly int[] byteIds = new int[256];

    internal SentencePieceTokenizer(SentencePieceParts parts)
    {
        this.parts = parts;
        added = new(parts.Added.Select(token => (token.Content, token)));
        ofText = added.WithoutSpecial();
        Array.Fill(byteIds, -1);
        foreach (var (token, id) in parts.Vocabulary)
        {
            var value = ByteOf(token);
            if (value >= 0)
            {
                byteIds[value] = id;
            }

            var bytes = value >= 0 ? [(byte)value] : Encoding.UTF8.GetBytes(token.Replace(Space, ' '));
            tokens[id] = (bytes, Utf8Text.Show(bytes));
        }

        foreach (var token in parts.Added)
        {
            tokens[token.Id] = (Encoding.UTF8.GetBytes(token.Content), Utf8Text.Show(Encoding.UTF8.GetBytes(token.Content)));
        }

        VocabularySize = tokens.Keys.Max() + 1;
        pairs = new(parts.Merges.Pairs, letters: [], unknown: null, fuseUnknown: false);
    }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<TextToken> Encode(string text, bool readsSpecial)
    {
        var plain = Tokens(text, parts.Prefix, readsSpecial ? added : ofText);
        return [.. parts.Before.Select(id => At(id, 0)), .. plain, .. parts.After.Select(id => At(id, text.Length))];

        TextToken At(int id, int place) => new(id, Show(id), place, place);
    }

    /// <inheritdoc/>
    public override string Show(int id) => tokens.TryGetValue(id, out var token) ? token.Shown : base.Show(id);

    private protected override byte[]? Bytes(int id) => tokens.GetValueOrDefault(id).Bytes;

    // One token is looked for as it is written: with a space where a space is meant.
    private protected override IReadOnlyList<TextToken> EncodePlain(string text) => Tokens(text, SpacePrefix.None, added);

    private List<TextToken> Tokens(string text, SpacePrefix prefix, AddedTokens cut)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = new List<TextToken>(text.Length / 3);
        var isFirst = true;
        foreach (var (part, token) in cut.Cut(AlignedText.Of(text)))
        {
            if (token is not null)
            {
                found.Add(new(token.Id, Show(token.Id), part.Sources.Span[0].Start, part.Sources.Span[^1].End));
            }
            else
            {
                // Two cuts never leave parts side by side: one that is not the first stands behind an added token.
                var wanted = prefix == SpacePrefix.AfterEveryCut || (prefix == SpacePrefix.First && isFirst);
                EncodePart(wanted && !(parts.SparesSpace && part.Span[0] == ' ') ? part.Prepend(' ') : part, found);
            }

            isFirst = false;
        }

        return found;
    }

    private void EncodePart(AlignedText text, List<TextToken> found)
    {
        var characters = new List<(int Id, int Start, int End)>(text.Length);
        var at = 0;
        foreach (var rune in text.Span.EnumerateRunes())
        {
            var end = at + rune.Utf16SequenceLength;
            var character = rune.Value == ' ' ? "\u2581" : rune.ToString();
            characters.Add((parts.Merges.Symbols.TryGetValue(character, out var id) ? id : -1, at, end));
            at = end;
        }

        var merged = new List<(int Id, int Start, int End)>(characters.Count);
        pairs.Encode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(characters), merged);
        foreach (var (id, start, end) in merged)
        {
            var (from, to) = (text.Sources.Span[start].Start, text.Sources.Span[end - 1].End);
            if (tokens.ContainsKey(id))
            {
                found.Add(new(id, Show(id), from, to));
            }
            else
            {
                AddBytes(text.Span[start..end], from, to, found);
            }
        }
    }

    // A character that is no token: its bytes where all of them are tokens, else the unknown token.
    private void AddBytes(ReadOnlySpan<char> character, int from, int to, List<TextToken> found)
    {
        Span<byte> utf8 = stackalloc byte[4];
        utf8 = utf8[..Encoding.UTF8.GetBytes(character, utf8)];
        var areTokens = true;
        foreach (var value in utf8)
        {
            areTokens &= byteIds[value] >= 0;
        }

        if (areTokens)
        {
            foreach (var value in utf8)
            {
                found.Add(new(byteIds[value], Show(byteIds[value]), from, to));
            }
        }
        else if (parts.Unknown is { } unknown)
        {
            found.Add(new(unknown, Show(unknown), from, to));
        }
    }

    // <0x0A> is 10; -1 for other tokens.
    private static int ByteOf(string token)
        => token is ['<', '0', 'x', var high, var low, '>']
            && int.TryParse([high, low], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : -1;
}
