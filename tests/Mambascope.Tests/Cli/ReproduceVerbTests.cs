using System.Text.Json.Nodes;
using Mambascope.Evaluation.Published;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>
/// The whole path of evaluate reproduce on small stand-ins: golden models, three pictures under their synsets, the miniature .mat.
/// </summary>
public sealed class ReproduceVerbTests : IDisposable
{
    private static readonly string vim = Golden.Path("vim-micro");
    private static readonly string deit = Golden.Path("deit-micro");
    private static readonly string mat = Golden.Path("imagenet-segmentation-mini", "gtsegs_mini.mat");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void With_everything_both_tables_are_filled()
    {
        // Found in the folder by their published names, except the models, which have no published size.
        Directory.CreateDirectory(folder.File("released"));
        File.Copy(mat, folder.File("released/gtsegs_ijcv.mat"));
        ImageNet("released/imagenet-val");
        var report = folder.File("out");
        string[] line =
        [
            "evaluate", "reproduce", "--folder", folder.File("released"), "--vim", vim, "--deit", deit, "--out", report,
            "--json",
        ];
        var run = CliRun.Successful([.. line, "--images", "3"]);
        Assert.Contains("113674 parameters", run.Error, StringComparison.Ordinal);
        var result = JsonNode.Parse(run.Out)!;
        JsonSchema.Check(result.AsObject(), "evaluate reproduce");
        Assert.Empty(result["missing"]!.AsArray());

        var first = result["tables"]!["table1"]!;
        Assert.Equal(3, (int)first["images"]!);
        Assert.Equal(13 + 4, first["rows"]!.AsArray().Count); // three forms of three methods, four of the transformer, two controls each
        foreach (var row in first["rows"]!.AsArray().Where(row => (string?)row!["form"] != "control"))
        {
            var published = PublishedTables.Perturbation.Single(published =>
                PublishedNames.Of(published.Method) == (string?)row!["method"]
                && PublishedNames.Of(published.Model) == (string?)row["model"]);
            Assert.Equal(published.Positive, (double)row!["positive_auc_paper"]!);
            Assert.Equal((double)row["negative_auc"]! - published.Negative, (double)row["negative_auc_difference"]!, 1e-9);
        }

        var second = result["tables"]!["table2"]!["rows"]!.AsArray();
        Assert.Equal(14 + 4, second.Count);
        var lrp = Assert.Single(second, row => (string?)row!["method"] == "Attribution (MambaLRP)")!;
        Assert.Equal(0.7704, (double)lrp["mean_average_precision_paper"]!, 1e-12);
        Assert.InRange((double)lrp["mean_average_precision"]!, 0, 1);

        // The same figures as the segmentation test alone gives.
        var alone = JsonNode.Parse(
            CliRun.Successful("evaluate", "segmentation", "--model", deit, "--method", "raw", "--data", mat, "--json").Out
        )!["results"]!.AsArray();
        var again = JsonNode.Parse(File.ReadAllText(Path.Combine(report, "table2.json")))!;
        var raw = Rows(again).Single(row => (string?)row!["model"] == "Transformer" && (string?)row["form"] == "mean of layers")!;
        Assert.Equal((double)alone[0]!["mean_iou"]!, (double)raw["mean_iou"]!, 1e-9);
        Assert.All(
            ["table1.csv", "table1.parquet", "table2.json", "reproduction.html", "table1/results.jsonl", "table2/report.html"],
            file => Assert.True(File.Exists(Path.Combine(report, file)), file));

        // Killed within the last picture: the rest is added, nothing twice.
        var lines = Path.Combine(report, "table2", "results.jsonl");
        var whole = File.ReadAllText(lines);
        File.WriteAllText(lines, whole[..(whole.Length * 5 / 6)]);
        CliRun.Successful([.. line, "--resume", "--images", "3"]);
        Assert.Equal(whole, File.ReadAllText(lines));
        var twice = CliRun.Of([.. line, "--images", "3"]);
        Assert.Equal(2, twice.ExitCode);
        Assert.Contains("go on with --resume, begin anew with --force", twice.Error, StringComparison.Ordinal);
        var anew = JsonNode.Parse(CliRun.Successful([.. line, "--force", "--images", "1"]).Out)!;
        Assert.Equal(1, (int)anew["tables"]!["table2"]!["images"]!);
    }

    [Fact]
    public void With_some_files_it_computes_what_it_can_and_says_what_is_missing()
    {
        var run = CliRun.Successful("evaluate", "reproduce", "--folder", folder.Path, "--deit", deit, "--gtsegs", mat, "--images", "1");
        Assert.Contains("Table 2: ImageNet-Segmentation, %; 1 pictures, in the paper 4276", run.Out, StringComparison.Ordinal);
        Assert.Contains("not measured, its data set is missing", run.Out, StringComparison.Ordinal);
        Assert.Contains("vim_s_midclstok_80p5acc.pth", run.Out, StringComparison.Ordinal);
        Assert.Contains("imagenet-val", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("deit_small_patch16_224", run.Out, StringComparison.Ordinal);
        Assert.Matches(@"Attribution +Mamba +81\.70|Attribution +Mamba +74\.72", run.Out); // the paper's number without ours
    }

    [Fact]
    public void Without_files_it_says_which_where_published_and_where_to_put_them()
    {
        var run = CliRun.Of("evaluate", "reproduce", "--folder", folder.Path);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
        Assert.Contains("4 of the 4", run.Error, StringComparison.Ordinal);
        foreach (var file in new[] { ReleasedFile.Vim, ReleasedFile.DeiT, ReleasedFile.ImageNet, ReleasedFile.Segmentation })
        {
            Assert.Contains(file.Source, run.Out, StringComparison.Ordinal);
            Assert.Contains(Path.Combine(folder.Path, file.Name), run.Out, StringComparison.Ordinal);
            Assert.Contains(file.Option, run.Out, StringComparison.Ordinal);
        }

        // A model without any data set is not enough.
        var json = CliRun.Of("evaluate", "reproduce", "--folder", folder.Path, "--vim", vim, "--json");
        Assert.Equal(2, json.ExitCode);
        JsonSchema.Check(JsonNode.Parse(json.Out)!.AsObject(), "evaluate reproduce");
        Assert.Equal(3, JsonNode.Parse(json.Out)!["missing"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(2, "--vim", "--vim DEIT --gtsegs MAT")]
    [InlineData(2, "found a Vision Mamba", "--deit VIM --gtsegs MAT")]
    [InlineData(2, "nothing.pth", "--vim nothing.pth --gtsegs MAT")]
    [InlineData(2, "nothing.mat", "--vim VIM --gtsegs nothing.mat")]
    [InlineData(2, "no masks", "--vim VIM --gtsegs IMAGENET")]
    [InlineData(1, "--out", "--vim VIM --gtsegs MAT --resume")]
    [InlineData(1, "single precision", "--vim VIM --gtsegs MAT --precision double")]
    public void Wrong_command_lines_say_what_is_wrong(int exitCode, string said, string line)
    {
        var words = line.Split(' ')
            .Select(word =>
                word switch
                {
                    "VIM" => vim,
                    "DEIT" => deit,
                    "MAT" => mat,
                    "IMAGENET" => ImageNet("val"),
                    _ => word,
                });
        var run = CliRun.Of(["evaluate", "reproduce", "--folder", folder.Path, .. words]);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(said, run.Error.Split('\n')[^2], StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    private string ImageNet(string name)
    {
        foreach (
            var (synset, picture) in new[] { ("n01440764", "chelsea.png"), ("n01443537", "coffee.png"), ("n01491361", "astronaut.png") })
        {
            Directory.CreateDirectory(folder.File($"{name}/{synset}"));
            File.Copy(Golden.Path("preprocessing", picture), folder.File($"{name}/{synset}/{picture}"));
        }

        return folder.File(name);
    }

    private static IEnumerable<JsonNode?> Rows(JsonNode table) => (table as JsonArray ?? table["rows"]!.AsArray());
}
