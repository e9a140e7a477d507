namespace Mambascope.Inputs.Text;

/// <summary>
/// The least stretch of a text that can be shown by itself: usually one token; several where they share a character, as the
/// two to four tokens of an emoji do.
/// </summary>
/// <param name="FirstToken">Index of its first token.</param>
/// <param name="TokenCount">How many tokens, 1 or more.</param>
/// <param name="Text">What to show: the stretch of the text, or the token's own text where it has none (a mark of the beginning).</param>
/// <param name="Start">First character (UTF-16 unit) in the text.</param>
/// <param name="End">One past the last.</param>
internal readonly record struct TextPiece(int FirstToken, int TokenCount, string Text, int Start, int End)
{
    /// <summary>Groups the tokens of a text into pieces. Every token is in exactly one, in order.</summary>
    /// <param name="tokens">
    /// Tokens with ranges in <paramref name="text"/>, as <see cref="TextTokenizer.Encode(string)"/> or <see cref="TextTokenizer.Locate"/>
    /// give them.
    /// </param>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<TextPiece> Group(IReadOnlyList<TextToken> tokens, string text)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(text);
        var pieces = new List<TextPiece>(tokens.Count);
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Start < token.End && pieces.Count > 0 && pieces[^1] is { } last && token.Start < last.End)
            {
                var end = Math.Max(last.End, token.End);
                pieces[^1] = last with { TokenCount = last.TokenCount + 1, End = end, Text = text[last.Start..end] };
            }
            else
            {
                pieces.Add(new(i, 1, token.Start < token.End ? text[token.Start..token.End] : token.Text, token.Start, token.End));
            }
        }

        return pieces;
    }
}
