using System.CommandLine;
using Mambascope.Attribution;

namespace Mambascope.Cli;

/// <summary>Options of methods on the command line: each method says which it reads, and one that nobody reads is refused.</summary>
internal static class UnreadOptions
{
    /// <summary>Adds the names that other libraries have for the options.</summary>
    internal static void AddAliases(IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            foreach (var alias in Of(option).Aliases)
            {
                option.Aliases.Add($"--{alias}");
            }
        }
    }

    /// <summary>Refuses an option that was given and that none of the methods reads.</summary>
    /// <param name="session">The command line.</param>
    /// <param name="options">Options of methods, by the names of <see cref="AttributionOption"/>.</param>
    /// <param name="methods">The methods that will explain.</param>
    /// <param name="others">All methods that could.</param>
    /// <exception cref="UsageException">There is such an option.</exception>
    internal static void Refuse(
        Session session, IEnumerable<Option> options, IEnumerable<AttributionMethod> methods, IEnumerable<AttributionMethod> others)
    {
        foreach (var option in options.Where(option => session.Arguments.GetResult(option) is { Implicit: false }))
        {
            var known = Of(option);
            if (methods.Any(method => method.Options.Contains(known)))
            {
                continue;
            }

            string[] readers =
            [
                .. others.Where(method => method.Options.Contains(known)).Select(method => method.Name).Distinct(StringComparer.Ordinal),
            ];
            throw new UsageException(
                $"{option.Name} changes nothing about {Listed(methods.Select(method => method.Name))}: "
                    + (readers.Length > 0 ? $"it is for {Listed(readers)}" : "no method that explains such a model reads it"));
        }
    }

    /// <summary>What an option of the command line is to methods.</summary>
    internal static AttributionOption Of(Option option)
        => AttributionOption.Find(option.Name.TrimStart('-'))
        ?? throw new InvalidOperationException($"No method knows an option {option.Name}");

    private static string Listed(IEnumerable<string> names)
    {
        string[] words = [.. names.Distinct(StringComparer.Ordinal)];
        return words.Length < 2 ? string.Concat(words) : $"{string.Join(", ", words[..^1])} and {words[^1]}";
    }
}
