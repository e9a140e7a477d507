using System.CommandLine;
using System.Globalization;
using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Inputs.Text;

namespace Mambascope.Cli;

/// <summary>--blocks: what tokens are joined to.</summary>
internal sealed class BlockOption
{
    /// <summary>A row of blocks is a pass over the text, so their number is bounded.</summary>
    private const int Most = 1024;

    private readonly Option<string?> option;

    internal BlockOption(Command verb, string description)
    {
        option = new("--blocks") { Description = description, HelpName = "word|sentence|N" };
        option.CompletionSources.Add("word", "sentence");
        verb.Add(option);
    }

    /// <summary>Whether it was given.</summary>
    internal bool IsGiven(Session session) => session.Arguments.GetResult(option) is not null;

    /// <summary>The blocks of a text; a block a token where the option is absent.</summary>
    /// <exception cref="UsageException">Another word, or no number of 1 or more.</exception>
    /// <exception cref="BadInputException">More blocks than can be shown.</exception>
    internal IReadOnlyList<ShownPiece> Of(Session session, ReadText text)
    {
        if (session.Arguments.GetValue(option) is not { } word)
        {
            return ShownPiece.Tokens(text);
        }

        var starts = word.ToUpperInvariant() switch
        {
            "WORD" => TextBlocks.Words(text.Text, text.Tokens),
            "SENTENCE" => TextBlocks.Sentences(text.Text, text.Tokens),
            _ => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
                ? TileAverages<double>.Equal(count, text.Tokens.Count)
                : throw new UsageException(
                    $"{option.Name} {ShownText.Line(word, most: 20)}: expected word, sentence, or a number of blocks"),
        };
        return starts.Length <= Most
            ? [.. starts.Select((start, i) => Piece(text, start, i + 1 < starts.Length ? starts[i + 1] : text.Tokens.Count))]
            : throw new BadInputException(
                $"the text has {starts.Length:N0} blocks by {option.Name} {word}; a matrix is computed for at most {Most}: give "
                    + $"{option.Name} {Most / 4}, or sentence");
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
