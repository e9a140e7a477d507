using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Complexity;
using Mambascope.Evaluation.Controls;
using Mambascope.Evaluation.Localisation;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Evaluation.Datasets;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>
/// The tests beside perturbation and segmentation, from the command line, on a tiny model and a folder of pictures with masks.
/// </summary>
public sealed class EvaluateMeasuresTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SmallModel model = new();

    public EvaluateMeasuresTests()
    {
        for (var i = 0; i < 3; i++)
        {
            folder.WritePicture($"data/images/{i}.png", 32, 32, seed: i);
            folder.WritePicture(
                $"data/masks/{i}.png",
                new RgbImage(
                    32,
                    32,
                    [.. Enumerable.Range(0, 32 * 32)
                        .SelectMany(p => Enumerable.Repeat((byte)(p % 32 > 10 && p / 32 > 8 + i ? 255 : 0), 3))]));
        }
    }

    public static TheoryData<string, string> Verbs => new()
    {
        { "localisation --tolerance 3", "pointing_game" },
        { "weak-supervision --threshold otsu", "max_box_accuracy" },
        { "faithfulness --samples 8 --share 0.3 --eraser mean", "correlation" },
        { "robustness --samples 2 --radius 0.05", "max_sensitivity" },
        { "sanity --steps 3", "final_similarity" },
        { "complexity", "gini" },
    };

    public void Dispose()
    {
        folder.Dispose();
        model.Dispose();
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void A_test_gives_tables_rankings_and_a_file_that_threads_and_shards_do_not_change(string test, string figure)
    {
        var whole = Out("whole");
        var result = JsonNode.Parse(Evaluate(test, "--threads", "1", "--out", whole, "--json").Out)!;
        var name = test.Split(' ')[0];
        Assert.Equal((name, 3), ((string?)result["test"], (int)result["finished_images"]!));
        Assert.Contains("random", (string?)result["note"], StringComparison.Ordinal);
        var rows = result["results"]!.AsArray();
        Assert.Equal(
            ["raw.exact", "input-x-gradient", "random", "centre-gaussian", "colour", "oracle"],
            rows.Select(row => (string?)row!["method"]));
        Assert.All(rows, row =>
            Assert.InRange((double)row![figure]!, (double)row[$"{figure}_lower"]! - 1e-9, (double)row[$"{figure}_upper"]! + 1e-9));
        Assert.NotEmpty(result["ranking"]!.AsArray());
        Assert.All(["results.jsonl", $"{name}.csv", $"{name}.json", $"{name}.parquet", "report.html"], file =>
            Assert.True(File.Exists(Path.Combine(whole, file)), file));

        var expected = File.ReadAllBytes(Path.Combine(whole, "results.jsonl"));
        Evaluate(test, "--threads", "3", "--out", Out("three"));
        Evaluate(test, "--shard", "0/2", "--out", Out("a"));
        Evaluate(test, "--shard", "1/2", "--out", Out("b"));
        CliRun.Successful("evaluate", "merge", Out("a"), Out("b"), "--out", Out("merged"));
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(Out("three"), "results.jsonl")));
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(Out("merged"), "results.jsonl")));

        var summary = JsonNode.Parse(CliRun.Successful("evaluate", "summary", whole, "--slice", "prediction", "--json").Out)!;
        Assert.Equal(result["results"]!.ToJsonString(), summary["results"]!.ToJsonString());
        Assert.NotEmpty(summary["slices"]!.AsArray());
        Evaluate(test, "--out", whole, "--resume");
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(whole, "results.jsonl")));
    }

    [Fact]
    public void Maps_from_a_file_are_scored_where_no_model_is_asked()
    {
        var maps = Enumerable.Range(0, 2).Select(i => RandomMap.Of(4, 4, 0, i)).ToArray();
        var mask = new ObjectMask([.. Enumerable.Range(0, 64).Select(i => (byte)(i % 8 > 3 ? 1 : 0))], 8, 8);
        var file = folder.File("maps.safetensors");
        float[] values = [.. maps.SelectMany(map => map.Values)];
        new SafetensorsWriter().Add("maps", [2, 4, 4], values).Add("masks", [2, 8, 8], (byte[])[.. mask.Values, .. mask.Values]).Save(file);

        var located = JsonNode.Parse(CliRun.Successful("evaluate", "localisation", "--maps", file, "--json").Out)!;
        Assert.Equal(
            maps.Select(map => MapLocalisation.Measure(map, mask).RankAccuracy),
            located["per_image"]!.AsArray().Select(image => (double)image!["rank_accuracy"]!));
        Assert.Equal(100 * maps.Average(map => MapLocalisation.Measure(map, mask).MassAccuracy), (double)located["mass_accuracy"]!, 1e-9);

        var complexity = JsonNode.Parse(CliRun.Successful("evaluate", "complexity", "--maps", file, "--json").Out)!;
        Assert.Equal(
            maps.Select(map => MapComplexity.Gini(map.Values)),
            complexity["per_image"]!.AsArray().Select(image => (double)image!["gini"]!));

        new SafetensorsWriter().Add("maps", [2, 4, 4], values).Add("masks", [2, 8, 8], new float[128]).Save(file);
        CliRun.Of("evaluate", "localisation", "--maps", file).AssertFailed(2, "masks is F32", "bytes");
    }

    [Fact]
    public void Pointing_is_a_measure_like_the_others()
    {
        string[] line = ["evaluate", "pointing", "--data", "fashion-scenes:two-items:6", "--method", "raw.paper,input-x-gradient"];
        var result = JsonNode.Parse(CliRun.Successful([.. line, "--out", Out("whole"), "--slice", "label", "--json"]).Out)!;
        Assert.Equal(("pointing", 6, "true"), ((string?)result["test"], (int)result["finished_images"]!, (string?)result["explained"]));
        var rows = result["results"]!.AsArray();
        Assert.Equal(
            ["raw.paper", "input-x-gradient", "random", "centre-gaussian", "colour", "oracle"],
            rows.Select(row => (string?)row!["method"]));
        Assert.All(rows, row =>
            Assert.Equal(100, (double)row!["on_target"]! + (double)row["on_other"]! + (double)row["on_background"]!, 1e-9));
        Assert.Equal(100, (double)rows[^1]!["on_target"]!);
        Assert.NotEmpty(result["slices"]!.AsArray());

        CliRun.Successful([.. line, "--out", Out("a"), "--shard", "0/2"]);
        CliRun.Successful([.. line, "--out", Out("b"), "--shard", "1/2"]);
        CliRun.Successful("evaluate", "merge", Out("a"), Out("b"), "--out", Out("merged"));
        var expected = File.ReadAllBytes(Path.Combine(Out("whole"), "results.jsonl"));
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(Out("merged"), "results.jsonl")));
        File.WriteAllBytes(Path.Combine(Out("merged"), "results.jsonl"), expected[..(expected.Length / 2)]);
        CliRun.Successful([.. line, "--out", Out("merged"), "--resume"]);
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(Out("merged"), "results.jsonl")));
        Assert.All(["pointing.csv", "pointing.parquet", "report.html"], file =>
            Assert.True(File.Exists(Path.Combine(Out("whole"), file)), file));

        // The shipped model on the same scenes, as it has always been measured.
        var usual = JsonNode.Parse(CliRun.Successful("evaluate", "pointing", "--data", "fashion-scenes:two-items:10", "--json").Out)![
            "results"
        ]!.AsArray();
        Assert.Equal(45, (double)usual.Single(row => (string?)row!["method"] == "raw.exact")!["on_target"]!, 1e-9);
        Assert.Equal(80, (double)usual.Single(row => (string?)row!["method"] == "mamba-lrp")!["on_target"]!, 1e-9);
        Assert.Equal(75, (double)usual.Single(row => (string?)row!["method"] == "attribution.official")!["on_background"]!, 1e-9);
    }

    [Theory]
    [InlineData("sanity --maps x.safetensors", 1, "--maps")]
    [InlineData("sanity --steps 0", 1, "--steps 0")]
    [InlineData("sanity --steps 50", 2, "1 to 7 steps", "head", "cls_token")]
    [InlineData("robustness --radius 0", 1, "--radius 0")]
    [InlineData("faithfulness --share 1", 1, "--share 1")]
    [InlineData("faithfulness --eraser ink", 1, "--eraser ink")]
    [InlineData("weak-supervision --threshold 1.5", 1, "--threshold 1.5", "otsu")]
    [InlineData("localisation --tolerance -1", 1, "--tolerance -1")]
    [InlineData("pointing", 2, "two-items:500")]
    public void What_cannot_be_done_is_one_clear_line(string test, int exitCode, params string[] said)
        => CliRun.Of(Line(test)).AssertFailed(exitCode, said);

    [Fact]
    public void Tests_of_masks_need_masks()
    {
        folder.WritePicture("flat/a.png", 32, 32);
        CliRun
            .Of("evaluate", "localisation", "--model", model.Folder, "--data", folder.File("flat"))
            .AssertFailed(2, "no masks", "localisation");
    }

    [Fact]
    public void A_plan_knows_every_test()
    {
        var plan = JsonNode.Parse(
            CliRun
                .Successful(
                    "evaluate", "plan", "robustness", "--model", model.Folder, "--data", folder.File("data"), "--method", "raw", "--json")
                .Out
        )!;
        Assert.Equal(("robustness", 3, 15), ((string?)plan["test"], (int)plan["images"]!, (int)plan["results"]!));
    }

    private string Out(string name) => folder.File(name);

    private CliRun Evaluate(string test, params string[] more) => CliRun.Successful([.. Line(test), .. more]);

    private string[] Line(string test)
        => [
            "evaluate", .. test.Split(' '), "--model", model.Folder, "--data", folder.File("data"), "--method",
            "raw,input-x-gradient", "--seed", "5",
        ];
}
