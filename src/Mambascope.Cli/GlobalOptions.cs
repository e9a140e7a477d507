using System.CommandLine;

namespace Mambascope.Cli;

/// <summary>Arithmetic of a run.</summary>
internal enum Precision
{
    /// <summary>32 bits, through the fast kernels.</summary>
    Single,

    /// <summary>64 bits, through the plain operators.</summary>
    Double,
}

/// <summary>Options that every verb takes, by name: each command line has its own.</summary>
internal static class GlobalOptions
{
    internal const string Json = "--json";
    internal const string Threads = "--threads";
    internal const string Precision = "--precision";
    private const int MostThreads = 1024;

    internal static IEnumerable<Option> Create() =>
        [
            new Option<bool>(Json) { Description = "Print the result as one JSON object", Recursive = true },
            OptionKinds.Whole(
                Threads,
                "N",
                "Threads to use; results do not depend on it [default: all processors]",
                1,
                MostThreads,
                isGlobal: true),
            OptionKinds.Choice(
                Precision,
                "Arithmetic: single is fast, double is exact and slow [default: single]",
                [("single", Cli.Precision.Single), ("double", Cli.Precision.Double)],
                isGlobal: true),
        ];
}
