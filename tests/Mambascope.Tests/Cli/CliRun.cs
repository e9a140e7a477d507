using Mambascope.Cli;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>One command line, run in this process, and everything it said.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    public static CliRun Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = CommandLineTool.Run(args, output, error);
        var run = new CliRun(exitCode, output.ToString(), error.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine($"mambascope {string.Join(' ', args)} -> {exitCode}\n{run.Error}");
        return run;
    }

    /// <summary>The result of a command line that must work.</summary>
    public static CliRun Successful(params string[] args)
    {
        var run = Of(args);
        Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode}: {run.Error}");
        return run;
    }

    /// <summary>Asserts the exit code, that stdout is empty and that stderr is one line with the given words.</summary>
    public void AssertFailed(int exitCode, params string[] words)
    {
        Assert.Equal(exitCode, ExitCode);
        Assert.Empty(Out);
        Assert.StartsWith("mambascope: ", Error, StringComparison.Ordinal);
        Assert.Equal(1, Error.Count(c => c == '\n'));
        foreach (var word in words)
        {
            Assert.Contains(word, Error, StringComparison.Ordinal);
        }
    }
}
