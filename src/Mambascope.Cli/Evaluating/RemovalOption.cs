using System.CommandLine;
using Mambascope.Evaluation.Texts;

namespace Mambascope.Cli.Evaluating;

/// <summary>--substitute: what stands in the place of a token that is taken away.</summary>
internal static class RemovalOption
{
    internal static Option<string?> Create(string standard, bool mayDrop)
        => OptionKinds.Text(
            "--substitute", mayDrop ? "TOKEN|zero|drop" : "TOKEN|zero",
            "What stands in the place of a token: the text of a token of every model (' ' or '<|endoftext|>'; token:zero for one that is "
                + $"called zero), zero for an embedding of zeros{(mayDrop ? ", drop for nothing, so that the text gets shorter" : "")}. No "
                + $"model was trained for either, so it is part of the result [default: {standard}]");

    internal static TokenRemoval Read(Session session, Option<string?> option, TokenRemoval standard, bool mayDrop)
    {
        if (session.Arguments.GetValue(option) is not { } word)
        {
            return standard;
        }

        var removal = TokenRemoval.Parse(word);
        return word.Length == 0 || (removal == TokenRemoval.Drop && !mayDrop)
            ? throw new UsageException(
                $"--substitute {word}: expected the text of a token, or "
                    + $"zero{(mayDrop ? " or drop" : "; a text that is emptied by dropping has no places to fill again")}")
            : removal;
    }
}
