using System.CommandLine;

namespace Mambascope.Cli;

/// <summary>What to say of an option that does not exist.</summary>
internal static class DidYouMean
{
    /// <summary>What to say of an option that a command does not have.</summary>
    internal static string Option(string word, Command command)
    {
        var name = word.Split('=')[0];
        var known = command.Options
            .Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)))
            .Where(option => !option.Hidden)
            .SelectMany(option => option.Aliases.Prepend(option.Name))
            .Where(option => option.StartsWith("--", StringComparison.Ordinal));
        return $"there is no option {Printable.Name(name)}{ClosestNames.Hint(name, known)}; see mambascope {Path(command)} --help";
    }

    // The verb behind those it belongs to.
    private static string Path(Command command)
        => string.Concat(command.Parents.OfType<Verb>().Select(parent => Path(parent) + " ")) + command.Name;
}
