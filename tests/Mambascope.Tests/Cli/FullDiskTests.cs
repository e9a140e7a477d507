using Mambascope.Cli;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>Where there is no room left, one line says so.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Full = "/dev/full";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_output_that_takes_nothing_is_one_line()
    {
        Assert.SkipUnless(File.Exists(Full), "only Linux has it");
        using var error = new StringWriter();
        var output = new StreamWriter(Full) { AutoFlush = true };
        Assert.Equal(2, CommandLineTool.Run(["info", "demo-vim"], output, error));
        Assert.StartsWith("mambascope: the results cannot be written: No space left on device", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, error.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public void Results_that_find_no_room_stay_as_they_are()
    {
        Assert.SkipUnless(File.Exists(Full), "only Linux has it");
        File.CreateSymbolicLink(folder.File("results.jsonl"), Full);
        string[] evaluate =
            ["evaluate", "complexity", "--data", "fashion-scenes:test:2", "--method", "raw", "--out", folder.Path, "--force"];
        CliRun.Of(evaluate).AssertFailed(2, "results.jsonl cannot be written: No space left on device", "--resume");
        Assert.Empty(Directory.GetFiles(folder.Path, "*.lock"));
    }
}
