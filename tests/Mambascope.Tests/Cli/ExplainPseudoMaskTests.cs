using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Imaging;
using Mambascope.Tests.Evaluation.Perturbation;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>
/// explain --mask and --boxes: files that hold what the library makes of the saved map, and refusals that leave nothing behind.
/// </summary>
public sealed class ExplainPseudoMaskTests : IDisposable
{
    private readonly SmallModel model = new();

    public void Dispose() => model.Dispose();

    [Fact]
    public void Of_several_pictures_each_has_its_files_in_a_folder_as_if_it_were_alone()
    {
        var scenes = Path.Combine(Repository.Root, "samples", "two-items");
        string[] pictures =
            [.. Directory.GetFiles(scenes, "0*.png").Where(file => !file.Contains(".mask.")).Order(StringComparer.Ordinal).Take(2)];
        string[] options = ["--method", "mamba-lrp", "--threshold", "otsu"];
        var run = CliRun.Successful([
            "explain", .. pictures, .. options, "--mask", model.Path("masks"), "--boxes", model.Path("boxes"), "--out",
            model.Path("all.html"), "--json"]);
        var results = JsonNode.Parse(run.Out)!["results"]!.AsArray();
        foreach (var (picture, result) in pictures.Zip(results))
        {
            var name = Path.GetFileNameWithoutExtension(picture);
            CliRun.Successful([
                "explain", picture, .. options, "--mask", model.Path("one.png"), "--boxes", model.Path("one.json"), "--out",
                model.Path("one.sheet.png"), "--force"]);
            Assert.Equal(
                File.ReadAllBytes(model.Path("one.png")), File.ReadAllBytes(Path.Combine(model.Path("masks"), name + ".mask.png")));
            Assert.Equal(
                File.ReadAllBytes(model.Path("one.json")), File.ReadAllBytes(Path.Combine(model.Path("boxes"), name + ".boxes.json")));
            Assert.Equal(Path.Combine(model.Path("masks"), name + ".mask.png"), (string?)result!["mask_file"]);
            Assert.Equal("otsu", (string?)result["pseudo_mask"]!["threshold"]);
        }

        string[] again = ["explain", .. pictures, "--out", model.Path("b.html")];
        CliRun.Of([.. again, "--mask", model.Path("masks")]).AssertFailed(2, "--force");
        CliRun.Of([.. again, "--mask", model.Path("one.png")]).AssertFailed(2, "is a file", "a folder");
        CliRun.Of([.. again, "--mask", model.Path("m"), "--method", "raw,mamba-lrp"]).AssertFailed(1, "show one map");
    }

    [Theory]
    [InlineData("mean", "largest", "single")]
    [InlineData("otsu", "all", "single")]
    [InlineData("0.3", "all", "double")]
    public void Mask_and_boxes_are_those_of_the_map(string threshold, string rule, string precision)
    {
        var line = Line(
            "--method", "raw", "--save", model.Path("map.safetensors"), "--threshold", threshold, "--box-rule", rule,
            "--precision", precision);
        var run = CliRun.Successful([.. line, "--json"]);
        using var saved = Checkpoint.Open(model.Path("map.safetensors"));
        var map = Pictures.Map(4, 4, saved.ReadSingles("map"));
        var mask = PseudoMask.Of(map, 32, 32, MapThreshold.Parse(threshold));
        Assert.InRange(mask.Area, 1, (32 * 32) - 1);

        var picture = ImageFile.Decode(model.Path("mask.png"));
        Assert.Equal((32, 32), (picture.Width, picture.Height));
        Assert.Equal(mask.Values.SelectMany(value => Enumerable.Repeat((byte)(255 * value), 3)), picture.Pixels);

        var boxes = JsonNode.Parse(File.ReadAllText(model.Path("boxes.json")))!;
        var expected = PseudoMask.Boxes(mask, rule == "all" ? BoxRule.All : BoxRule.Largest);
        Assert.Equal(
            expected,
            boxes["boxes"]!.AsArray()
                .Select(box => new Box((int)box!["left"]!, (int)box["top"]!, (int)box["right"]!, (int)box["bottom"]!)));
        Assert.Equal(
            (32, 32, threshold, rule, "raw.exact"),
            ((int)boxes["width"]!, (int)boxes["height"]!, (string?)boxes["threshold"],
                (string?)boxes["box_rule"], (string?)boxes["method"]));
        Assert.Contains("as the model sees it", (string?)boxes["pixels_of"], StringComparison.Ordinal);

        var said = JsonNode.Parse(run.Out)!;
        Assert.Equal(model.Path("mask.png"), (string?)said["mask_file"]);
        Assert.Equal(boxes.ToJsonString(), said["pseudo_mask"]!.ToJsonString());
    }

    [Fact]
    public void People_are_told_what_size_it_is()
    {
        var run = CliRun.Successful(Line("--method", "attribution"));
        Assert.Contains(
            $"wrote {model.Path("mask.png")} (mask of the picture as the model sees it, 32x32;", run.Out, StringComparison.Ordinal);
        Assert.Contains(
            $"wrote {model.Path("boxes.json")} (1 box in pixels of the picture as the model sees it, 32x32)",
            run.Out,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MASK BOXES --method raw,rollout,attribution", 1, "3 methods", "--method")]
    [InlineData("MASK --method raw,rollout", 1, "2 methods")]
    [InlineData("BOXES --method raw --method rollout", 1, "2 methods")]
    [InlineData("--method raw --threshold otsu", 1, "--threshold", "--mask")]
    [InlineData("MASK --method raw --box-rule all", 1, "--box-rule", "--boxes")]
    [InlineData("MASK --method raw --threshold 1", 1, "--threshold 1", "otsu")]
    [InlineData("--mask mask.jpg --method raw", 1, "mask.jpg", ".png")]
    [InlineData("--boxes boxes.txt --method raw", 1, "boxes.txt", ".json")]
    [InlineData("MASK --method raw --out MASKFILE", 1, "named twice")]
    [InlineData("--mask nowhere/mask.png --method raw", 2, "no folder")]
    public void What_does_not_go_together_is_refused_and_nothing_is_written(string line, int exitCode, params string[] said)
    {
        var input = model.Input();
        var words = line.Replace("MASKFILE", model.Path("mask.png"), StringComparison.Ordinal).Split(' ');
        string[] args = [.. words.SelectMany(word => word switch
        {
            "MASK" => ["--mask", model.Path("mask.png")],
            "BOXES" => ["--boxes", model.Path("boxes.json")],
            _ => new[] { word },
        })];
        string[] picture = args.Contains("--out", StringComparer.Ordinal) ? [] : ["--out", model.Path("sheet.png")];
        CliRun.Of(["explain", input, "--model", model.Folder, .. args, .. picture]).AssertFailed(exitCode, said);
        Assert.All(["mask.png", "boxes.json", "sheet.png"], file => Assert.False(File.Exists(model.Path(file)), file));
    }

    [Fact]
    public void Files_that_exist_stay_unless_force_is_given()
    {
        File.WriteAllText(model.Path("mask.png"), "mine");
        CliRun.Of(Line("--method", "raw")).AssertFailed(2, "mask.png exists already", "--mask", "--force");
        Assert.Equal("mine", File.ReadAllText(model.Path("mask.png")));
        Assert.False(File.Exists(model.Path("boxes.json")));
        CliRun.Successful(Line("--method", "raw", "--force"));
        Assert.Equal(32, ImageFile.Decode(model.Path("mask.png")).Width);
    }

    private string[] Line(params string[] more)
        => [
            "explain", model.Input(), "--model", model.Folder, "--out", model.Path("sheet.png"), "--mask",
            model.Path("mask.png"), "--boxes", model.Path("boxes.json"), .. more,
        ];
}
