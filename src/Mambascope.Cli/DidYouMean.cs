using System.CommandLine;

namespace Mambascope.Cli;

/// <summary>Names near to one that does not exist, for messages.</summary>
internal static class DidYouMean
{
    // Further away than this it is no slip of the finger.
    private const double FarthestShare = 0.4;
    private const int Shown = 3;

    /// <summary>"; did you mean rollout?" without the question mark, or nothing where no name is near.</summary>
    internal static string Hint(string name, IEnumerable<string> known)
    {
        var lower = name.ToLowerInvariant();
        string[] near =
        [
            .. known.Distinct(StringComparer.Ordinal)
                .Select(other => (Name: other, Distance: Distance(lower, other.ToLowerInvariant())))
                .Where(each => each.Distance <= Math.Max(1, FarthestShare * Math.Max(name.Length, each.Name.Length)))
                .OrderBy(each => each.Distance).ThenBy(each => each.Name, StringComparer.Ordinal)
                .Take(Shown)
                .Select(each => each.Name),
        ];
        return near.Length == 0 ? "" : $"; did you mean {string.Join(" or ", near)}";
    }

    /// <summary>What to say of an option that a command does not have.</summary>
    internal static string Option(string word, Command command)
    {
        var name = word.Split('=')[0];
        var known = command.Options
            .Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)))
            .Where(option => !option.Hidden)
            .SelectMany(option => option.Aliases.Prepend(option.Name))
            .Where(option => option.StartsWith("--", StringComparison.Ordinal));
        return $"there is no option {Printable.Name(name)}{Hint(name, known)}; see mambascope {command.Name} --help";
    }

    private static int Distance(string from, string to)
        => to.StartsWith(from, StringComparison.Ordinal) || from.StartsWith(to, StringComparison.Ordinal)
            ? 1
            : ClosestNames.EditDistance(from, to);
}
