using System.Text.Json.Nodes;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>
/// Results are gone on with only where the rest would be what an undisturbed run had written; a damaged picture costs that picture alone.
/// </summary>
public sealed class ResumedEvaluationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public ResumedEvaluationTests()
    {
        Directory.CreateDirectory(At("pictures"));
        Directory.CreateDirectory(At("model"));
        foreach (var file in Directory.GetFiles(Golden.Path("vim-micro")))
        {
            File.Copy(file, At("model", Path.GetFileName(file)));
        }

        foreach (var (i, name) in new[] { "a", "b", "c", "d" }.Index())
        {
            Paint(name, i);
        }

        File.WriteAllText(At("labels.txt"), "a.png 0\nb.png 1\nc.png 0\nd.png 1\n");
    }

    private string Results => At("out", "results.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("layer_norm_epsilon")]
    [InlineData("if_divide_out")]
    [InlineData("image_mean")]
    [InlineData("class names")]
    [InlineData("labels of the data")]
    [InlineData("a picture replaced")]
    [InlineData("a picture renamed")]
    [InlineData("a picture gone")]
    public void Another_run_is_not_gone_on_with(string change)
    {
        CliRun.Successful(Evaluate());
        var lines = File.ReadAllLines(Results);
        File.WriteAllText(Results, string.Join('\n', lines[..^3]) + "\n");
        var before = File.ReadAllBytes(Results);
        Change(change);
        CliRun.Of(Evaluate("--resume")).AssertFailed(2, "results.jsonl", "--force");
        Assert.Equal(before, File.ReadAllBytes(Results));
    }

    [Fact]
    public void What_is_not_done_yet_may_change_and_gives_what_an_undisturbed_run_gives()
    {
        CliRun.Successful(Evaluate());
        var lines = File.ReadAllLines(Results);
        File.WriteAllText(Results, string.Join('\n', lines[..^3]) + "\n");
        Paint("d", seed: 9);
        CliRun.Successful(Evaluate("--resume"));
        var resumed = File.ReadAllBytes(Results);
        CliRun.Successful(Evaluate("--force"));
        Assert.Equal(File.ReadAllBytes(Results), resumed);
    }

    [Fact]
    public void A_damaged_picture_is_named_counted_and_left_out_until_it_is_mended()
    {
        CliRun.Successful(Evaluate());
        var whole = File.ReadAllBytes(Results);
        Cut("b");
        var run = CliRun.Successful(Evaluate("--force"));
        Assert.Contains("warning: image 1 is left out", run.Error, StringComparison.Ordinal);
        Assert.Contains("b.png: damaged picture", run.Error, StringComparison.Ordinal);
        Assert.Contains("1 of 4 images could not be read and is left out", run.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        var json = JsonNode.Parse(CliRun.Successful("evaluate", "summary", At("out"), "--json").Out)!;
        Assert.Equal(3, (int)json["finished_images"]!);
        Assert.Equal("b.png", (string)json["left_out"]![0]!["id"]!);

        var again = File.ReadAllBytes(Results);
        CliRun.Successful(Evaluate("--resume"));
        Assert.Equal(again, File.ReadAllBytes(Results));

        Paint("b", seed: 1);
        CliRun.Successful(Evaluate("--resume"));
        Assert.Equal(whole, File.ReadAllBytes(Results));
    }

    [Fact]
    public void A_damaged_picture_may_be_taken_out_and_the_others_keep_their_results()
    {
        Cut("b");
        CliRun.Successful(Evaluate());
        var whole = File.ReadAllBytes(Results);
        File.WriteAllText(Results, string.Join('\n', File.ReadAllLines(Results)[..^3]) + "\n");
        File.Delete(At("pictures", "b.png"));
        CliRun.Successful(Evaluate("--resume"));
        Assert.Equal(whole, File.ReadAllBytes(Results));
    }

    [Fact]
    public void Where_no_picture_can_be_read_there_is_no_result()
    {
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            Cut(name);
        }

        var run = CliRun.Of(Evaluate());
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("4 of 4 images could not be read", run.Error, StringComparison.Ordinal);
    }

    private void Change(string what)
    {
        switch (what)
        {
            case "layer_norm_epsilon": Config(what, 1e-3); break;
            case "if_divide_out": Config(what, false); break;
            case "class names": Config("id2label", new JsonObject { ["0"] = "hat" }); break;
            case "image_mean": File.WriteAllText(At("model", "preprocessor_config.json"), "{\"image_mean\": [0.1, 0.2, 0.3]}"); break;
            case "labels of the data": File.WriteAllText(At("labels.txt"), "a.png 1\nb.png 1\nc.png 0\nd.png 1\n"); break;
            case "a picture replaced": Paint("a", seed: 7); break;
            case "a picture renamed": File.Move(At("pictures", "a.png"), At("pictures", "A.png")); goto case "labels again";
            case "a picture gone": File.Delete(At("pictures", "a.png")); break;
            case "labels again": File.AppendAllText(At("labels.txt"), "A.png 0\n"); break;
            default: throw new ArgumentException(what);
        }
    }

    private void Config(string key, JsonNode value)
    {
        var config = JsonNode.Parse(File.ReadAllText(At("model", "config.json")))!;
        config[key] = value;
        File.WriteAllText(At("model", "config.json"), config.ToJsonString());
    }

    private void Paint(string name, int seed)
    {
        var picture = new RgbImage(24, 24);
        new Random(seed).NextBytes(picture.Pixels);
        ImageFile.SavePng(picture, At("pictures", name + ".png"), overwrite: true);
    }

    private void Cut(string name)
    {
        var path = At("pictures", name + ".png");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..500]);
    }

    private string[] Evaluate(params string[] more) =>
    [
        "evaluate", "complexity", "--data", At("pictures"), "--data-labels", At("labels.txt"), "--model", At("model"), "--method", "raw",
        "--out", At("out"), .. more,
    ];

    private string At(params string[] parts) => Path.Combine([folder, .. parts]);
}
