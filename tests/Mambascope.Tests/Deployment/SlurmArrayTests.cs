using System.Runtime.Versioning;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Cli;
using Xunit;

namespace Mambascope.Tests.Deployment;

/// <summary>deploy/slurm/evaluate.sbatch on a real SLURM of one node.</summary>
[SupportedOSPlatform("linux")] // skipped elsewhere
public sealed class SlurmArrayTests : IDisposable
{
    // A part takes seconds behind its first result: long enough to be stopped at work on a fast machine.
    private const int Tasks = 4;
    private static readonly string[] measure =
        ["perturbation", "--data", $"fashion-scenes:test:{8 * Tasks}", "--method", "input-x-gradient"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Tasks_that_are_killed_and_requeued_leave_the_file_of_an_undisturbed_run()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SLURM's daemons are for Linux");
        Assert.SkipWhen(SlurmCluster.Lacks is not null, SlurmCluster.Lacks ?? "");
        var cancellation = TestContext.Current.CancellationToken;
        CliRun.Successful(["evaluate", .. measure, "--threads", "1", "--out", folder.File("undisturbed")]);
        var whole = File.ReadAllBytes(Path.Combine(folder.File("undisturbed"), "results.jsonl"));
        var lines = 1 + ((whole.Count(letter => letter == (byte)'\n') - 1) / Tasks); // of each part

        await using var cluster = await SlurmCluster.Start(Directory.CreateDirectory(folder.File("cluster")).FullName, cancellation);
        var program = folder.Write("mambascope", $"#!/bin/sh\nexec dotnet '{CommandLine}' \"$@\"\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        var table = folder.File("table");
        var job = await cluster.Run(
            [
                "sbatch", "--parsable", "--hold", $"--export=ALL,MAMBASCOPE={program}", $"--array=0-{Tasks - 1}",
                $"--output={folder.File("%a.log")}", Script, table, .. measure,
            ]);

        // One is taken away as a task of more importance would do it (SIGTERM), one as a node that fails (SIGKILL), both at work: each
        // starts only when the test has time for it.
        await cluster.Run("scontrol", "release", $"{job}_0");
        await Begun(0, cancellation);
        await cluster.Run("scontrol", "requeue", $"{job}_0");
        Assert.True(Lines(0) < lines, "the first task was done before it could be stopped");
        await cluster.Run("scontrol", "release", $"{job}_1");
        await Begun(1, cancellation);
        await cluster.Run("scancel", "--signal=KILL", "--full", $"{job}_1");
        await SlurmCluster.Until(async () => !Goes(await State(1)), "the killed task has ended", cancellation);
        Assert.True(Lines(1) < lines, "the second task was done before it could be killed");
        await cluster.Run("scontrol", "requeue", $"{job}_1");
        await cluster.Run("scontrol", "release", $"{job}_[2-{Tasks - 1}]");

        await SlurmCluster.Until(
            async () => (await cluster.Run("squeue", "--noheader", "--array", $"--jobs={job}")).Length == 0, "all tasks are done",
            cancellation, seconds: 240);
        Assert.All([0, 1], task => Assert.True(File.Exists(folder.File($"{task}.log"))));
        Assert.All(Enumerable.Range(0, Tasks), task => Assert.Equal(lines, Lines(task)));
        CliRun.Successful(
            [
                "evaluate", "merge", .. Enumerable.Range(0, Tasks).Select(task => Path.Combine(table, $"part{task}")), "--out",
                folder.File("whole"),
            ]);
        Assert.Equal(whole, File.ReadAllBytes(Path.Combine(folder.File("whole"), "results.jsonl")));

        int Lines(int task)
        {
            var file = Path.Combine(table, $"part{task}", "results.jsonl");
            return File.Exists(file) ? File.ReadAllText(file).Count(letter => letter == '\n') : 0;
        }

        async Task Begun(int task, CancellationToken stop)
            => await SlurmCluster.Until(() => Task.FromResult(Lines(task) > 1), $"task {task} has results", stop, seconds: 120);

        async Task<string> State(int task)
            => (await cluster.Run("scontrol", "show", "job", $"{job}_{task}")).Split("JobState=")[1].Split(' ')[0];

        static bool Goes(string state) => state is "RUNNING" or "COMPLETING";
    }

    private static string CommandLine => Path.Combine(AppContext.BaseDirectory, "Mambascope.Cli.dll");

    private static string Script => Path.Combine(Repository.Root, "deploy", "slurm", "evaluate.sbatch");
}
