using System.Globalization;
using Mambascope.Attention;
using Mambascope.Inputs.Text;

namespace Mambascope.Application;

/// <summary>Tokens of a text joined to the parts that a reader thinks in.</summary>
public static class TextPieces
{
    /// <summary>A row of parts is a pass over the text, so their number is bounded.</summary>
    public const int Most = 1024;

    /// <summary>The parts by a word of the user's: word, sentence, or how many parts of equal length; null for another word.</summary>
    /// <exception cref="BadInputException">More than <see cref="Most"/>.</exception>
    public static IReadOnlyList<ShownPiece>? By(string word, ReadText text)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(text);
        var starts = word.ToUpperInvariant() switch
        {
            "WORD" => TextBlocks.Words(text.Text, text.Tokens),
            "SENTENCE" => TextBlocks.Sentences(text.Text, text.Tokens),
            _ => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
                ? TileAverages<double>.Equal(count, text.Tokens.Count)
                : null,
        };
        return starts is null ? null
            : starts.Length <= Most
                ? [.. starts.Select((start, i) => Piece(text, start, i + 1 < starts.Length ? starts[i + 1] : text.Tokens.Count))]
            : throw new BadInputException(
                $"the text has {starts.Length:N0} blocks by --blocks {word}; a matrix is computed for at most {Most}: give "
                    + $"--blocks {Most / 4}, or sentence");
    }

    private static ShownPiece Piece(ReadText text, int first, int end)
    {
        var (from, to) = (text.Tokens[first].Start, text.Tokens[end - 1].End);
        return new(
            to > from && to <= text.Text.Length
                ? text.Text[from..to]
                : string.Concat(text.Tokens.Skip(first).Take(end - first).Select(token => token.Text)),
            first,
            end - first);
    }
}
