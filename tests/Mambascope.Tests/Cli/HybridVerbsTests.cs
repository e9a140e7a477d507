using System.Text.Json.Nodes;
using Mambascope.Models;
using Mambascope.Recipes;
using Mambascope.Tests.Models;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>Every verb that knows language models works on a hybrid of bytes.</summary>
public sealed class HybridVerbsTests : IDisposable
{
    private const string Text = "to be, or not to b";

    private readonly SmallByteModels models = new();
    private readonly string hybrid;

    public HybridVerbsTests()
    {
        hybrid = models.File("tiny-hybrid");
        var settings = new DemoHybridSettings { Width = 32, Depth = 4, StateSize = 4, MlpWidth = 24 };
        LanguageModelFolder.Write(hybrid, settings.Create(RandomWeights.Source(2)));
    }

    public void Dispose() => models.Dispose();

    [Fact]
    public void It_is_explained_by_the_methods_of_both_kinds()
    {
        var report = Json("explain", "--text", Text);
        Assert.Equal(["mamba-lrp"], report["maps"]!.AsArray().Select(map => (string?)map!["method"]));
        Assert.True((bool)report["checks"]!["passed"]!);
        Assert.Equal(4, report["layers"]!.AsArray().Count);
        foreach (var method in new[] { "raw", "rollout", "attribution", "attn-lrp", "integrated-gradients", "smoothgrad" })
        {
            Assert.Equal(18, Json("explain", "--text", Text, "--method", method)["maps"]![0]!["values"]!.AsArray().Count);
        }

        Assert.Equal(18, Json("explain", "--text", Text, "--every-position")["positions"]!.AsArray().Count);
    }

    [Fact]
    public void It_goes_on_with_a_text()
    {
        Assert.Equal(5, Json("run", "--text", Text, "--generate", "5")["generated"]!.AsArray().Count);
        CliRun.Successful("continuation", "--text", Text, "--generate", "4", "--model", hybrid, "--out", models.File("c.png"));
        Assert.True(new FileInfo(models.File("c.png")).Length > 5_000);
    }

    [Theory]
    [InlineData("0", "Hidden attention")]
    [InlineData("1", "Softmax attention")]
    public void Its_attention_is_shown_between_blocks(string layer, string kind)
    {
        var run = CliRun.Successful(
            "attention", "--text", Text, "--model", hybrid, "--layer", layer, "--blocks", "word", "--out", models.File($"{layer}.png"));
        Assert.StartsWith(kind, run.Out, StringComparison.Ordinal);
        Assert.Contains("18 tokens in 6 blocks", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_evaluated()
    {
        var play = models.Write("play.txt", string.Concat(Enumerable.Repeat("to be or not to be\n", 20)));
        var run = CliRun.Successful(
            "evaluate", "text", "perturbation", "--data", play, "--windows", "2", "--window", "16", "--model", hybrid,
            "--method", "raw,attribution,mamba-lrp,attn-lrp");
        Assert.Contains("attn-lrp", run.Out, StringComparison.Ordinal);
    }

    private JsonNode Json(string verb, params string[] options)
    {
        string[] files = verb == "explain" ? ["--out", models.File("page.html"), "--force"] : [];
        return JsonNode.Parse(CliRun.Successful([verb, "--model", hybrid, "--json", .. files, .. options]).Out)!;
    }
}
