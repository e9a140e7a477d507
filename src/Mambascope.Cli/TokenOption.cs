using System.CommandLine;
using System.Globalization;

namespace Mambascope.Cli;

/// <summary>--token of attention: a number, or a place in a picture.</summary>
internal sealed class TokenOption
{
    /// <summary>The option.</summary>
    internal Option<string?> Option { get; } = OptionKinds.Text(
        "--token",
        "N|ROW,COLUMN",
        "Token whose row ranks channels for --top-channels [default: the class token; of a text the last]; as ROW,COLUMN on the layer's "
            + "grid, from 0: show the attention of this token over the picture");

    /// <summary>The place that was named; null where there is none.</summary>
    internal (int Row, int Column)? Place(Session session)
        => Words(session) is [var row, var column] ? (Whole(session, row), Whole(session, column)) : null;

    /// <summary>The number that was named; null where there is none.</summary>
    /// <exception cref="UsageException">Something else.</exception>
    internal int? Number(Session session) => Words(session) is [var number] ? Whole(session, number) : null;

    private string[]? Words(Session session)
    {
        var words = session.Arguments.GetValue(Option)?.Split(',', StringSplitOptions.TrimEntries);
        return words is null or { Length: 1 or 2 } ? words : throw Wrong(session);
    }

    private int Whole(Session session, string word)
        => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(session);

    private UsageException Wrong(Session session)
        => new($"--token {session.Arguments.GetValue(Option)}: expected a token counted from 0, or ROW,COLUMN of a picture");
}
