using System.Diagnostics;
using System.Text.Json;
using Mambascope.Tests.Training.Data;
using Xunit;

namespace Mambascope.Tests.Cli;

public sealed class TrainVerbTests : IDisposable
{
    private static readonly string[] small =
        ["--patch", "7", "--width", "16", "--depth", "2", "--batch", "16", "--rate", "0.004", "--threads", "2"];

    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Pictures_in_folders_become_a_model_that_runs_and_explains()
    {
        var (data, model, map) = (Path.Combine(folder, "data"), Path.Combine(folder, "model"), Path.Combine(folder, "map.png"));
        ShapeFolders.Write(data, 120);
        var run = CliRun.Successful(
            ["train", "--data", data, "--out", model, "--steps", "30", "--patience", "99", "--test", "0.2", "--json", .. small]);
        using var result = JsonDocument.Parse(run.Out);
        Assert.Equal(30, result.RootElement.GetProperty("steps").GetInt32());
        Assert.InRange(result.RootElement.GetProperty("test").GetProperty("count").GetInt32(), 20, 28);
        var picture = Directory.GetFiles(Path.Combine(data, "disc"))[0];
        Assert.Contains("triangle", CliRun.Successful("run", picture, "--model", model, "--top", "4").Out, StringComparison.Ordinal);
        CliRun.Successful("explain", picture, "--model", model, "--out", map);
        Assert.True(File.Exists(map));
        Assert.Contains(
            "mambascope train --data", File.ReadAllText(Path.Combine(model, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_are_one_line()
    {
        var model = Path.Combine(folder, "model");
        CliRun.Of("train", "--data", "shapes").AssertFailed(1, "--out");
        CliRun.Of("train", "--out", model).AssertFailed(1, "--data");
        CliRun.Of("train", "--data", "shapes", "--out", model, "--steps", "5", "--epochs", "2").AssertFailed(2, "exclude");
        CliRun.Of("train", "--data", "shapes:50", "--out", model, "--architecture", "cnn").AssertFailed(2, "cnn", "vim, vit, vmamba");
        CliRun.Of("train", "--data", "shapes:50", "--out", model, "--size", "30", "--patch", "4").AssertFailed(2, "--size 30", "32");
        CliRun.Of("train", "--data", "shapes:50", "--out", model, "--architecture", "vmamba", "--patch", "7")
            .AssertFailed(2, "vmamba", "4");
        CliRun.Of("train", "--data", "shapes:50", "--out", model, "--architecture", "vit", "--width", "40").AssertFailed(2, "32");
        CliRun.Of("train", "--data", "shapes:50", "--out", model, "--validation", "2").AssertFailed(2, "--validation", "0.9");
        CliRun.Of("train", "--data", "medmnist:absent.npz", "--out", model).AssertFailed(2, "absent.npz");
        CliRun.Of("train", "--data", "shapes", "--out", model, "--precision", "double").AssertFailed(1, "double");
        CliRun.Of("train", "--resume", "--out", model).AssertFailed(2, "no training");
        CliRun.Of("train", "--resume", "--out", model, "--seed", "3").AssertFailed(1, "--seed", "--resume");
        Assert.False(Directory.Exists(model));
    }

    [Fact]
    public void Help_says_for_what_sizes_it_is_meant()
        => Assert.Contains("28 to 64 pixels", CliRun.Successful("train", "--help").Out, StringComparison.Ordinal);

    [Fact]
    public async Task A_signal_saves_says_how_to_go_on_and_resume_ends_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs the signals of a Unix");
        var model = Path.Combine(folder, "model");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "Mambascope.Cli.dll"), "train", "--data", "shapes:200", "--out", model,
                "--steps", "100000", "--patience", "100000", .. small,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            Assert.Contains("step", await process.StandardError.ReadLineAsync(limit.Token), StringComparison.Ordinal);
            using var signal = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await process.WaitForExitAsync(limit.Token);
            Assert.Equal(130, process.ExitCode);
            var said = await process.StandardError.ReadToEndAsync(limit.Token);
            Assert.Contains($"mambascope train --resume --out {model}", said, StringComparison.Ordinal);
            Assert.Empty(await process.StandardOutput.ReadToEndAsync(limit.Token));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        CliRun.Of("train", "--data", "shapes", "--out", model).AssertFailed(2, "not finished", "--resume");
        Assert.Contains(
            "accuracy",
            CliRun.Successful("train", "--resume", "--time", "0", "--out", model, "--threads", "2").Out,
            StringComparison.Ordinal);
        CliRun.Of("train", "--resume", "--out", model).AssertFailed(2, "finished model");
    }
}
