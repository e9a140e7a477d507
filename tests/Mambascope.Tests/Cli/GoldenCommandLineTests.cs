using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>The command lines of the contract against golden/vim-micro, through the files they write.</summary>
public sealed class GoldenCommandLineTests : IDisposable
{
    private const double Single = 1e-4;
    private const double Double = 1e-6;

    private static readonly string model = Golden.Path("vim-micro");
    private static readonly string input = Golden.Path("vim-micro", "expected.safetensors");
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("exact", null)]
    [InlineData("paper", null)]
    [InlineData("official", "3")]
    public void Several_methods_in_one_go(string mode, string? startLayer)
    {
        var saved = Explain(
            model,
            [
                "--method",
                "raw",
                "--method",
                "rollout",
                "--method",
                "attribution",
                "--mode",
                mode,
                .. startLayer is null ? Array.Empty<string>() : ["--start-layer", startLayer],
            ]);
        foreach (var method in new[] { "raw", "rollout", "attribution" })
        {
            Compare(saved, $"map.{method}.{mode}", $"map.{method}.{mode}", Single);
        }

        Compare(saved, "logits", "logits", Single);
        Compare(saved, "pixel_values", "pixel_values", 0);
        AssertTarget(saved);
    }

    [Theory]
    [InlineData("mamba-lrp", "map.mamba_lrp")]
    [InlineData("input-x-gradient", "map.input_x_gradient")]
    public void A_method_alone_is_called_map(string method, string golden)
        => Compare(Explain(model, ["--method", method]), "map", golden, Single);

    [Fact]
    public void The_layout_of_released_checkpoints_gives_the_same()
        => Compare(
            Explain(Golden.Path("vim-micro", "model.pth"), ["--method", "rollout", "--mode", "paper"]), "map", "map.rollout.paper", Single);

    [Fact]
    public void Double_precision_is_exact_to_what_the_goldens_store()
    {
        var saved = Explain(model, ["--method", "raw,rollout,mamba-lrp,input-x-gradient", "--mode", "paper", "--precision", "double"]);
        Compare(saved, "map.raw.paper", "map.raw.paper", Double);
        Compare(saved, "map.rollout.paper", "map.rollout.paper", Double);
        Compare(saved, "map.mamba-lrp", "map.mamba_lrp", Double);
        Compare(saved, "map.input-x-gradient", "map.input_x_gradient", Double);
        Compare(saved, "logits", "logits", Double);
        AssertTarget(saved);
    }

    [Theory]
    [InlineData("63", "forward", "s6", "layer5.alpha.forward", 2)]
    [InlineData("7", "backward", "s6", "layer5.alpha.backward", 1)]
    [InlineData("0", "both", "block", "layer5.block", 0)]
    public void One_channel_of_hidden_attention(string channel, string direction, string view, string golden, int index)
    {
        var file = Path.Combine(folder, "a.safetensors");
        var run = CliRun.Successful(
            "attention", input, "--model", model, "--layer", "5", "--channel", channel, "--direction", direction,
            "--view", view, "--out", Path.Combine(folder, "a.png"), "--save", file, "--json");
        using var expected = Checkpoint.Open(input);
        using var saved = Checkpoint.Open(file);
        Assert.Equal([197, 197], saved.Find("attention").Shape);
        Golden.AssertClose(golden, saved.Read("attention"), expected.Read(golden).AsSpan(index * 197 * 197, 197 * 197), Single);
        Assert.True((bool)JsonNode.Parse(run.Out)!["checks"]!["passed"]!);
    }

    [Theory]
    [InlineData("mean", "s6", "layer5.alpha.mean")]
    [InlineData("abs-mean", "s6", "layer5.alpha.abs_mean")]
    [InlineData("mean", "block", "layer5.block.mean")]
    public void All_channels_of_hidden_attention(string reduce, string view, string golden)
    {
        var file = Path.Combine(folder, "a.safetensors");
        CliRun.Successful("attention", input, "--model", model, "--layer", "5", "--reduce", reduce, "--view", view, "--out", file);
        using var expected = Checkpoint.Open(input);
        using var saved = Checkpoint.Open(file);
        Golden.AssertClose(golden, saved.Read("attention"), expected.Read(golden), Single);
    }

    private string Explain(string from, string[] options)
    {
        var file = Path.Combine(folder, "out.safetensors");
        var run = CliRun.Successful([
            "explain", input, "--model", from, "--save", file, "--out", Path.Combine(folder, "out.png"), "--json",
            .. options,
        ]);
        var report = JsonNode.Parse(run.Out)!;
        TestContext.Current.TestOutputHelper?.WriteLine(report["checks"]!.ToJsonString());
        Assert.True((bool)report["checks"]!["passed"]!);
        Assert.All(report["maps"]!.AsArray(), map => Assert.Null(map!["degenerate"]));
        Assert.True(new FileInfo(Path.Combine(folder, "out.png")).Length > 10_000);
        Assert.Empty(run.Error);
        return file;
    }

    private static void Compare(string file, string name, string golden, double tolerance)
    {
        using var expected = Checkpoint.Open(input);
        using var saved = Checkpoint.Open(file);
        Golden.AssertClose(golden, saved.Read(name), expected.Read(golden), tolerance);
    }

    private static void AssertTarget(string file)
    {
        using var expected = Checkpoint.Open(input);
        using var saved = Checkpoint.Open(file);
        Assert.Equal(TensorType.I64, saved.Find("target").Type);
        Assert.Equal(expected.ReadInt64s("target"), saved.ReadInt64s("target"));
    }
}
