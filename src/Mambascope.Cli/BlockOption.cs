using System.CommandLine;
using Mambascope.Application;

namespace Mambascope.Cli;

/// <summary>--blocks: what tokens are joined to.</summary>
internal sealed class BlockOption
{
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
        => session.Arguments.GetValue(option) is not { } word ? ShownPiece.Tokens(text)
            : TextPieces.By(word, text)
            ?? throw new UsageException(
                $"{option.Name} {ShownText.Line(word, most: 20)}: expected word, sentence, or a number of blocks");
}
