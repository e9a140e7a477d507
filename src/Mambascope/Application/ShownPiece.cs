namespace Mambascope.Application;

/// <summary>
/// The smallest piece of a text that can be shown: a token's characters, or a character together with the tokens that are its bytes.
/// </summary>
/// <param name="Text">Its characters.</param>
/// <param name="First">First of its tokens.</param>
/// <param name="Count">How many tokens it has.</param>
public readonly record struct ShownPiece(string Text, int First, int Count)
{
    /// <summary>A piece a token.</summary>
    public static IReadOnlyList<ShownPiece> Tokens(ReadText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Tokens.Select((token, t) => new ShownPiece(token.Text, t, 1))];
    }

    /// <summary>Cuts a text into pieces; every token is in exactly one, and every character of the text in at most one.</summary>
    public static IReadOnlyList<ShownPiece> Of(ReadText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pieces = new List<ShownPiece>();
        for (var first = 0; first < text.Tokens.Count;)
        {
            var (start, end, next) = (text.Tokens[first].Start, text.Tokens[first].End, first + 1);

            // Tokens that share a character cannot be told apart on paper.
            while (next < text.Tokens.Count && text.Tokens[next].Start < end)
            {
                end = Math.Max(end, text.Tokens[next].End);
                next++;
            }

            var token = text.Tokens[first];
            pieces.Add(
                new(start == end ? (token.Text.Length > 0 ? token.Text : $"[{token.Id}]") : text.Text[start..end], first, next - first));
            first = next;
        }

        return pieces;
    }

    /// <summary>
    /// What its tokens have together of a map, as a share of the largest absolute value of the map: -1 to 1, beyond where several tokens
    /// add up.
    /// </summary>
    public double Strength(double[] map, double largest)
    {
        var sum = 0.0;
        for (var t = First; t < First + Count; t++)
        {
            sum += map[t];
        }

        return largest == 0 ? 0 : sum / largest;
    }
}
