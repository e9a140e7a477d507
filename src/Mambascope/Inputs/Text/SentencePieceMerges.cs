namespace Mambascope.Inputs.Text;

/// <summary>
/// The merges of a SentencePiece vocabulary that was learned by BPE: two neighbours are merged where their text together is a token, the
/// one with the highest score first; of equal scores, whichever stands first in the text.
/// </summary>
internal sealed class SentencePieceMerges
{
    // The longest word of a vocabulary in use has 48 characters; the number of merges bounds the memory of a hostile file.
    private const int LongestToken = 128, MostMerges = 1 << 22;

    private SentencePieceMerges(Dictionary<string, int> symbols) => Symbols = symbols;

    /// <summary>Tokens, and characters that are part of a token but none themselves, with ids beyond those of all tokens.</summary>
    public Dictionary<string, int> Symbols { get; }

    /// <summary>For two neighbouring symbols, when they are merged and into what.</summary>
    public Dictionary<(int Left, int Right), (int Rank, int Id)> Pairs { get; } = [];

    /// <summary>Every way to make a token of two symbols.</summary>
    /// <param name="vocabulary">Tokens and ids.</param>
    /// <param name="scores">Scores by id.</param>
    /// <returns>Null where there are more than any vocabulary has.</returns>
    public static SentencePieceMerges? OfScores(Dictionary<string, int> vocabulary, double[] scores)
    {
        var merges = new SentencePieceMerges(WithCharacters(vocabulary, scores.Length));
        var ranks = new Dictionary<double, int>();
        foreach (var score in scores.Distinct().OrderDescending())
        {
            ranks.Add(score, ranks.Count);
        }

        var symbols = merges.Symbols.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var (token, id) in vocabulary.Where(token => token.Key.Length <= LongestToken))
        {
            for (var cut = 1; cut < token.Length; cut++)
            {
                if (symbols.TryGetValue(token.AsSpan(0, cut), out var left) && symbols.TryGetValue(token.AsSpan(cut), out var right))
                {
                    merges.Pairs.TryAdd((left, right), (ranks[scores[id]], id));
                }
            }

            if (merges.Pairs.Count > MostMerges)
            {
                return null;
            }
        }

        return merges;
    }

    /// <summary>Merges in the order of a list.</summary>
    /// <param name="vocabulary">Tokens and ids.</param>
    /// <param name="list">Merges, best first, by ids: left, right and both together.</param>
    public static SentencePieceMerges OfList(Dictionary<string, int> vocabulary, IEnumerable<(int Left, int Right, int Id)> list)
    {
        var merges = new SentencePieceMerges(vocabulary);
        var rank = 0;
        foreach (var (left, right, id) in list)
        {
            merges.Pairs[(left, right)] = (rank++, id);
        }

        return merges;
    }

    private static Dictionary<string, int> WithCharacters(Dictionary<string, int> vocabulary, int firstFree)
    {
        var symbols = new Dictionary<string, int>(vocabulary, StringComparer.Ordinal);
        foreach (var rune in vocabulary.Keys.SelectMany(token => token.EnumerateRunes()))
        {
            if (symbols.TryAdd(rune.ToString(), firstFree))
            {
                firstFree++;
            }
        }

        return symbols;
    }
}
