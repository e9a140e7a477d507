namespace Mambascope.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    internal const int Success = 0;

    /// <summary>The command line itself is wrong.</summary>
    internal const int Usage = 1;

    /// <summary>A file or a value in it, or a choice that does not fit the model.</summary>
    internal const int BadInput = 2;

    /// <summary>A defect of the program.</summary>
    internal const int Internal = 3;

    /// <summary>Ctrl-C: 128 + SIGINT, as shells count.</summary>
    internal const int Interrupted = 130;

    /// <summary>128 + SIGTERM.</summary>
    internal const int Terminated = 143;

    /// <summary>What went wrong in a word, for machines.</summary>
    internal static string Kind(int exitCode) => exitCode switch
    {
        Usage => "usage",
        BadInput => "bad-input",
        Interrupted => "interrupted",
        _ => "internal",
    };
}
