using System.Diagnostics;
using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>Evaluations from the command line: the goldens, interruptions by SIGKILL, threads and shards, refusals.</summary>
public sealed class EvaluateCommandLineTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Maps_from_a_file_give_the_golden_perturbation_figures()
    {
        var result = Json(
            "evaluate",
            "perturbation",
            "--maps",
            Golden.Path("perturbation", "perturbation.safetensors"),
            "--model",
            Golden.Path("vim-micro"));
        var expected = JsonNode.Parse(File.ReadAllText(Golden.Path("perturbation", "perturbation.json")))!;
        foreach (var name in new[] { "clean_accuracy", "positive_auc", "negative_auc" })
        {
            Assert.Equal((double)expected[name]!, (double)result[name]!, 1e-9);
        }

        foreach (var name in new[] { "positive_accuracy", "negative_accuracy" })
        {
            Golden.AssertClose(name, Numbers(result[name]!), Numbers(expected[name]!), 1e-12);
        }

        using var golden = Checkpoint.Open(Golden.Path("perturbation", "perturbation.safetensors"));
        foreach (var side in new[] { "positive", "negative" })
        {
            var predictions = golden.ReadInt64s($"{side}_prediction");
            Assert.Equal(
                predictions,
                result["per_image"]!.AsArray().SelectMany(image => image![side]!["predictions"]!.AsArray().Skip(1).Select(p => (long)p!)));
        }
    }

    [Fact]
    public void Maps_from_a_file_give_the_golden_segmentation_figures()
    {
        var result = Json("evaluate", "segmentation", "--maps", Golden.Path("segmentation-metrics", "segmentation.safetensors"));
        foreach (
            var (name, value) in JsonNode.Parse(File.ReadAllText(Golden.Path("segmentation-metrics", "segmentation.json")))!.AsObject())
        {
            Assert.Equal((double)value!, (double)result[name]!, 1e-7);
        }

        using var golden = Checkpoint.Open(Golden.Path("segmentation-metrics", "segmentation.safetensors"));
        Golden.AssertClose(
            "average precision",
            [.. result["per_image"]!.AsArray().Select(image => (double)image!["average_precision"]!)],
            golden.Read("average_precision"),
            1e-6);
        Golden.AssertClose(
            "row-wise F1",
            [.. result["per_image"]!.AsArray().Select(image => (double)image!["rowwise_f1"]!)],
            golden.Read("rowwise_f1"),
            1e-6);
    }

    [Fact]
    public void A_run_killed_three_times_and_resumed_gives_the_same_file()
    {
        string[] line = ["evaluate", "segmentation", "--data", "fashion-scenes:test:48", "--method", "rollout", "--threads", "2"];
        CliRun.Successful([.. line, "--out", Path.Combine(folder, "whole")]);
        var path = Path.Combine(folder, "killed", "results.jsonl");
        string[] disturbed = [.. line, "--out", Path.Combine(folder, "killed"), "--resume"];
        var kills = 0;
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var start = Length(path);
            using var process = Start(disturbed);
            while (!process.HasExited && Length(path) < start + 2000)
            {
                Thread.Sleep(5);
            }

            kills += process.HasExited ? 0 : 1;
            process.Kill(); // SIGKILL
            process.WaitForExit();
        }

        Assert.True(kills >= 2, $"only {kills} of 3 runs were still at work when they were killed");
        using (var last = Start(disturbed))
        {
            last.WaitForExit();
            Assert.Equal(0, last.ExitCode);
        }

        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "whole", "results.jsonl")), File.ReadAllBytes(path));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(folder, "whole", "segmentation.csv")),
            File.ReadAllBytes(Path.Combine(folder, "killed", "segmentation.csv")));
    }

    [Fact]
    public void Threads_and_shards_do_not_change_a_byte()
    {
        string[] line = ["evaluate", "perturbation", "--data", "fashion-scenes:test:4", "--method", "raw.paper,input-x-gradient"];
        CliRun.Successful([.. line, "--threads", "1", "--out", Path.Combine(folder, "one")]);
        CliRun.Successful([.. line, "--threads", "3", "--out", Path.Combine(folder, "three")]);
        CliRun.Successful([.. line, "--shard", "0/2", "--out", Path.Combine(folder, "a")]);
        Environment.SetEnvironmentVariable("JOB_COMPLETION_INDEX", "1");
        try
        {
            CliRun.Successful([.. line, "--shard", "auto/2", "--out", Path.Combine(folder, "b")]);
        }
        finally
        {
            Environment.SetEnvironmentVariable("JOB_COMPLETION_INDEX", null);
        }

        CliRun.Successful(
            "evaluate", "merge", Path.Combine(folder, "b"), Path.Combine(folder, "a"), "--out", Path.Combine(folder, "merged"));
        var expected = File.ReadAllBytes(Path.Combine(folder, "one", "results.jsonl"));
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(folder, "three", "results.jsonl")));
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(folder, "merged", "results.jsonl")));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(folder, "one", "perturbation.parquet")),
            File.ReadAllBytes(Path.Combine(folder, "merged", "perturbation.parquet")));
        Assert.Contains(
            "label",
            CliRun.Successful("evaluate", "summary", Path.Combine(folder, "merged"), "--slice", "label").Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_carry_controls_intervals_and_a_report()
    {
        var result = Json(
            "evaluate", "segmentation", "--data", "fashion-scenes:test:8", "--method", "raw", "--out", Path.Combine(folder, "out"));
        var rows = result["results"]!.AsArray();
        Assert.Equal(["raw.exact", "random", "centre-gaussian", "colour", "oracle"], rows.Select(row => (string?)row!["method"]));
        Assert.All(rows, row => Assert.InRange((double)row!["mean_iou"]!, (double)row["mean_iou_lower"]!, (double)row["mean_iou_upper"]!));
        Assert.True((double)rows[3]!["mean_iou"]! > 0.5, "the oracle does not find the object");
        Assert.All(["results.jsonl", "segmentation.csv", "segmentation.json", "segmentation.parquet", "report.html"], file =>
            Assert.True(File.Exists(Path.Combine(folder, "out", file)), file));
        Assert.Contains(
            "demo-vim: best, median and worst image",
            File.ReadAllText(Path.Combine(folder, "out", "report.html")),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evaluate", 1, "evaluate what?", "perturbation")]
    [InlineData("evaluate guessing", 1, "see mambascope evaluate --help")]
    [InlineData("evaluate perturbation --resume", 1, "--out")]
    [InlineData("evaluate perturbation --shard 3/3", 1, "--shard 3/3", "0 to N-1")]
    [InlineData("evaluate perturbation --method transformer-attribution", 1, "softmax attention")]
    [InlineData("evaluate perturbation --method raw.fast", 1, "raw.paper")]
    [InlineData("evaluate perturbation --fractions 0.5,0.2", 2, "rising")]
    [InlineData("evaluate perturbation --eraser ink", 1, "--eraser ink", "black")]
    [InlineData("evaluate segmentation --model demo-vim --model demo-vim", 1, "two models are called demo-vim")]
    [InlineData("evaluate segmentation --data nothing-here", 2, "nothing-here")]
    [InlineData("evaluate segmentation --data fashion-scenes:test:0", 2, "COUNT")]
    [InlineData("evaluate segmentation --precision double", 1, "single precision")]
    [InlineData("evaluate perturbation --maps FILE", 1, "one --model")]
    [InlineData("evaluate merge nothing.jsonl --out X", 2, "nothing.jsonl")]
    [InlineData("evaluate plan guessing", 1, "perturbation")]
    [InlineData("evaluate plan segmentation --price -1", 1, "--price")]
    public void What_cannot_be_done_is_one_clear_line(string line, int exitCode, params string[] said)
        => CliRun
            .Of([
                .. line.Split(' ')
                    .Select(word =>
                        word == "X" ? Path.Combine(folder, "x")
                        : word == "FILE" ? Golden.Path("perturbation", "perturbation.safetensors")
                        : word),
            ])
            .AssertFailed(exitCode, said);

    [Fact]
    public void A_plan_tells_time_and_memory()
    {
        var plan = Json("evaluate", "plan", "segmentation", "--data", "fashion-scenes:test:40", "--method", "raw");
        Assert.Equal(40, (int)plan["images"]!);
        Assert.Equal(200, (int)plan["results"]!); // raw and four controls
        Assert.True((double)plan["seconds"]! > 0);
        Assert.Null(plan["price"]);
    }

    [Fact]
    public void A_plan_for_other_pictures_cores_and_a_price()
    {
        var plan = Json(
            "evaluate", "plan", "perturbation", "--data", "fashion-scenes:test:4", "--method", "raw,mamba-lrp", "--pictures", "50000",
            "--cores", "100", "--price", "0.5", "--threads", "1");
        Assert.Equal((50_000, 100, 50_000 * 6), ((int)plan["images"]!, (int)plan["cores"]!, (int)plan["results"]!));
        var (image, start, merge) = ((double)plan["seconds_per_image"]!, (double)plan["start_seconds"]!, (double)plan["merge_seconds"]!);
        Assert.True(image > 0 && start > 0 && merge > 0);
        Assert.Equal(start + (500 * image) + merge, (double)plan["seconds"]!, 1e-6 * (double)plan["seconds"]!);
        var hours = ((50_000 * image) + (100 * start) + merge) / 3600;
        Assert.Equal(hours, (double)plan["core_hours"]!, 1e-6 * hours);
        Assert.Equal(hours / 2, (double)plan["price"]!, 1e-6 * hours);
        var model = plan["models"]![0]!;
        Assert.Equal(18, (int)model["runs_per_map"]!);
        var maps = model["map_seconds"]!.AsObject().Select(entry => (double)entry.Value!).ToArray();
        Assert.Equal(6, maps.Length);
        Assert.Equal(
            image, (double)plan["read_seconds"]! + (double)model["forward_seconds"]! + maps.Sum() + (double)model["measure_seconds"]!,
            1e-9);
    }

    private static double[] Numbers(JsonNode node) => [.. node.AsArray().Select(value => (double)value!)];

    private static JsonNode Json(params string[] args) => JsonNode.Parse(CliRun.Successful([.. args, "--json"]).Out)!;

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static Process Start(string[] args)
        => Process.Start(
            new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Mambascope.Cli.dll"), .. args])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
}
