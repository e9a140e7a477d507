namespace Mambascope.Inputs.Text;

/// <summary>
/// Tokens joined to larger units that a reader thinks in. A unit is given by its first token; it reaches to the next unit. White space
/// belongs to the word that follows it, as in the vocabularies of most language models.
/// </summary>
public static class TextBlocks
{
    private const string SentenceEnds = ".!?…。！？";
    private const string Closing = "\"'”’)]»";

    /// <summary>First token of each word.</summary>
    /// <param name="text">The characters that the tokens' ranges count.</param>
    /// <param name="tokens">At least one token.</param>
    public static int[] Words(string text, IReadOnlyList<TextToken> tokens) => Starts(text, tokens, static (_, _) => true);

    /// <summary>First token of each sentence: a word after a full stop, question or exclamation mark, or on a new line.</summary>
    /// <param name="text">The characters that the tokens' ranges count.</param>
    /// <param name="tokens">At least one token.</param>
    public static int[] Sentences(string text, IReadOnlyList<TextToken> tokens) => Starts(text, tokens, EndsSentence);

    private static int[] Starts(string text, IReadOnlyList<TextToken> tokens, Func<string, int, bool> isBoundary)
    {
        var starts = new List<int> { 0 };
        for (var t = 1; t < tokens.Count; t++)
        {
            var at = tokens[t].Start;
            var isGap =
                at > tokens[0].Start
                && at > 0
                && at < text.Length
                && tokens[t - 1].End <= at
                && char.IsWhiteSpace(text[at])
                && !char.IsWhiteSpace(text[at - 1]);
            if (isGap && isBoundary(text, at))
            {
                starts.Add(t);
            }
        }

        return [.. starts];
    }

    // Whether the gap that begins at a character stands between two sentences.
    private static bool EndsSentence(string text, int gap)
    {
        for (var i = gap; i < text.Length && char.IsWhiteSpace(text[i]); i++)
        {
            if (text[i] is '\n' or '\r')
            {
                return true;
            }
        }

        var last = gap - 1;
        while (last > 0 && Closing.Contains(text[last], StringComparison.Ordinal))
        {
            last--;
        }

        return SentenceEnds.Contains(text[last], StringComparison.Ordinal);
    }
}
