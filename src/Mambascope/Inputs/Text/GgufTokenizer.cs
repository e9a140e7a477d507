using Mambascope.Checkpoints;

namespace Mambascope.Inputs.Text;

/// <summary>
/// Makes the tokenizer that a GGUF file describes under tokenizer.ggml.*: byte-level BPE ("gpt2") or SentencePiece's BPE ("llama").
/// </summary>
internal static class GgufTokenizer
{
    private const string Prefix = "tokenizer.ggml.";

    /// <summary>Kinds of tokens, by llama.cpp's numbers.</summary>
    private enum TokenKind
    {
        Normal = 1,
        Unknown = 2,
        Control = 3,
        UserDefined = 4,
        Unused = 5,
        Byte = 6,
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="BadInputException">There is none, it is damaged, or of a kind that is not supported.</exception>
    public static TextTokenizer Read(GgufMetadata metadata)
    {
        if (metadata.TextOrNull(Prefix + "model") is not { } model || model is "no_vocab" or "none")
        {
            throw new BadInputException($"{metadata.File} has no tokenizer ({Prefix}model)");
        }

        var tokens = metadata.TextList(Prefix + "tokens");
        if (tokens.Length == 0)
        {
            throw metadata.Wrong(Prefix + "tokens", "at least one token");
        }

        var kinds = Kinds(metadata, tokens.Length);
        return model switch
        {
            "gpt2" => BytePair(metadata, tokens, kinds),
            "llama" => SentencePiece(metadata, tokens, kinds),
            _ => throw metadata.Wrong(Prefix + "model", "\"gpt2\" (byte-level BPE) or \"llama\" (SentencePiece BPE), the kinds that " +
                "are supported"),
        };
    }

    private static BytePairTokenizer BytePair(GgufMetadata metadata, string[] tokens, TokenKind[] kinds)
    {
        const string Key = Prefix + "pre";
        var patterns = GgufPatterns.Find(metadata.TextOrNull(Key))
            ?? throw metadata.Wrong(Key, $"one of {string.Join(", ", GgufPatterns.Names)}, the ways to cut text that are known");
        var vocabulary = Vocabulary(metadata, tokens);
        List<AddedToken> added = [.. Added(tokens, kinds)];
        return new(new()
        {
            Vocabulary = vocabulary,
            Pairs = new(Merges(metadata, vocabulary), Letters(vocabulary), unknown: null, fuseUnknown: false),
            WholeWordsFirst = patterns.WholeWordsFirst,
            Added = added,
            RawTokens = new(added.Select(token => (token.Content, token))),
            NormalisedTokens = new([]),
            Normalise = static text => text,
            PreTokenizers = patterns.Steps(),
            Before = Around(metadata, "bos", tokens.Length, patterns.AddsBeginning),
            After = Around(metadata, "eos", tokens.Length, absent: false),
        });
    }

    private static SentencePieceTokenizer SentencePiece(GgufMetadata metadata, string[] tokens, TokenKind[] kinds)
    {
        const string Key = Prefix + "scores";
        var scores = metadata.NumberList(Key)
            ?? throw new BadInputException($"{metadata.File}: {Key} is missing, expected a number for each token");
        if (scores.Length != tokens.Length || scores.Any(double.IsNaN))
        {
            throw metadata.Wrong(Key, $"{tokens.Length} numbers, one a token");
        }

        var vocabulary = Vocabulary(metadata, tokens);
        List<AddedToken> added = [.. Added(tokens, kinds)];
        return new(new()
        {
            Vocabulary = vocabulary,
            Merges = SentencePieceMerges.OfScores(vocabulary, scores)
                ?? throw metadata.Wrong(Prefix + "tokens", "a vocabulary with fewer ways to merge its tokens"),
            Added = added,
            Unknown = IdOrNull(metadata, "unknown", tokens.Length) ?? (tokens.Length > 0 && kinds[0] == TokenKind.Unknown ? 0 : null),
            Prefix = metadata.Flag(Prefix + "add_space_prefix", absent: true) ? SpacePrefix.AfterEveryCut : SpacePrefix.None,
            Before = Around(metadata, "bos", tokens.Length, absent: true),
            After = Around(metadata, "eos", tokens.Length, absent: false),
        });
    }

    private static TokenKind[] Kinds(GgufMetadata metadata, int count)
    {
        const string Key = Prefix + "token_type";
        if (metadata.NumberList(Key) is not { } numbers)
        {
            return [.. Enumerable.Repeat(TokenKind.Normal, count)];
        }

        return numbers.Length == count && numbers.All(number => number is >= 0 and <= 6 && number == Math.Floor(number))
            ? Array.ConvertAll(numbers, number => (TokenKind)number)
            : throw metadata.Wrong(Key, $"{count} whole numbers from 1 to 6, one a token");
    }

    // An empty token can stand for nothing in a text; its id exists all the same.
    private static Dictionary<string, int> Vocabulary(GgufMetadata metadata, string[] tokens)
    {
        var vocabulary = new Dictionary<string, int>(tokens.Length, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Length; id++)
        {
            if (!vocabulary.TryAdd(tokens[id].Length > 0 ? tokens[id] : $"[EMPTY_{id}]", id))
            {
                throw new BadInputException($"{metadata.File}: {Prefix}tokens has {Printable.Name(tokens[id])} at both " +
                    $"{vocabulary[tokens[id]]} and {id}, expected every token once");
            }
        }

        return vocabulary;
    }

    // Cut out of the text before anything else: what stands for an instruction, and what the makers of the model added.
    private static IEnumerable<AddedToken> Added(string[] tokens, TokenKind[] kinds)
    {
        for (var id = 0; id < tokens.Length; id++)
        {
            if (kinds[id] is TokenKind.Control or TokenKind.UserDefined or TokenKind.Unknown && tokens[id].Length > 0)
            {
                yield return new(
                    id, tokens[id], IsWord: false, TakesLeft: false, TakesRight: false, IsNormalised: false,
                    IsSpecial: kinds[id] is TokenKind.Control);
            }
        }
    }

    private static Dictionary<(int, int), (int, int)> Merges(GgufMetadata metadata, Dictionary<string, int> vocabulary)
    {
        const string Key = Prefix + "merges";
        var merges = new Dictionary<(int, int), (int, int)>();
        var list = metadata.TextList(Key);
        for (var rank = 0; rank < list.Length; rank++)
        {
            // The space between the halves; a token never holds one, but may begin with what would be one.
            var cut = list[rank].IndexOf(' ', 1 <= list[rank].Length ? 1 : 0);
            var (left, right) = cut > 0 ? (list[rank][..cut], list[rank][(cut + 1)..]) : ("", "");
            if (right.Length == 0)
            {
                throw new BadInputException($"{metadata.File}: {Key} has {Printable.Name(list[rank])} at {rank}, expected two tokens " +
                    "with a space between them");
            }

            merges.TryAdd((Id(left, rank), Id(right, rank)), (rank, Id(left + right, rank)));
        }

        return merges;

        int Id(string token, int rank)
            => vocabulary.TryGetValue(token, out var id) ? id
                : throw new BadInputException($"{metadata.File}: {Key} needs at {rank} the token {Printable.Name(token)}, which " +
                    $"{Prefix}tokens does not have");
    }

    private static Dictionary<char, int> Letters(Dictionary<string, int> vocabulary)
        => vocabulary.Where(token => token.Key.Length == 1).ToDictionary(token => token.Key[0], token => token.Value);

    private static int[] Around(GgufMetadata metadata, string which, int count, bool absent)
        => metadata.Flag($"{Prefix}add_{which}_token", absent) && IdOrNull(metadata, which, count) is { } id ? [id] : [];

    private static int? IdOrNull(GgufMetadata metadata, string which, int count)
    {
        var key = $"{Prefix}{which}_token_id";
        return metadata.WholeOrNull(key) is not { } id ? null : id < count ? id
            : throw metadata.Wrong(key, $"the id of a token, 0 to {count - 1}");
    }
}
