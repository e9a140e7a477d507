using System.CommandLine;

namespace Mambascope.Cli;

/// <summary>A verb of the command line: its arguments, its examples and what it does. One verb, one file.</summary>
internal abstract class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Command lines that work, and what each does; shown by --help.</summary>
    internal abstract IReadOnlyList<(string CommandLine, string Does)> Examples { get; }

    /// <summary>More to say in --help, or null.</summary>
    internal virtual string? Remarks => null;

    /// <summary>Does it.</summary>
    /// <exception cref="BadInputException">Exit code 2.</exception>
    /// <exception cref="UsageException">Exit code 1.</exception>
    internal abstract void Execute(Session session);
}
