using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Tests.Models.Staged;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>Models with stages on the command line, against their golden values, through the files that it writes.</summary>
public sealed class StagedCommandLineTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public static TheoryData<string> Folders { get; } = ["vmamba-v0-micro", "vmamba-v05-micro", "medmamba-micro"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Explain_saves_the_golden_maps(string name)
    {
        var saved = Explain(name, Input(name), "--method", "raw,rollout,attribution,mamba-lrp,input-x-gradient,hires-cam,grad-cam");
        Compare(name, saved, "logits", "logits");
        Compare(name, saved, "map.raw.exact", "map.raw.exact");
        Compare(name, saved, "map.rollout.exact", "map.rollout.exact");
        Compare(name, saved, "map.attribution.exact", "map.attribution.exact");
        Compare(name, saved, "map.mamba-lrp", "map.mamba_lrp");
        Compare(name, saved, "map.input-x-gradient", "map.input_x_gradient");
        Compare(name, saved, "map.hires-cam", "map.hires_cam");
        Compare(name, saved, "map.grad-cam", "map.grad_cam");
        var paper = Explain(name, Input(name), "--method", "raw,rollout,attribution", "--mode", "paper", "--precision", "double");
        Compare(name, paper, "map.raw.paper", "map.raw.paper");
        Compare(name, paper, "map.rollout.paper", "map.rollout.paper");
        Compare(name, paper, "map.attribution.paper", "map.attribution.paper");
        Compare(name, Explain(name, Input(name), "--method", "raw", "--stage", "1"), "map", "map.raw.exact.stage1");
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_picture_of_another_shape_is_explained(string name)
    {
        using (var golden = Checkpoint.Open(Input(name)))
        {
            var shape = golden.Find("other.pixel_values").Shape;
            new SafetensorsWriter()
                .Add("pixel_values", [(int)shape[0], (int)shape[1], (int)shape[2]], golden.ReadSingles("other.pixel_values"))
                .Save(Path.Combine(folder, "other.safetensors"));
        }

        var saved = Explain(name, Path.Combine(folder, "other.safetensors"), "--method", "rollout,mamba-lrp,grad-cam");
        Compare(name, saved, "logits", "other.logits");
        Compare(name, saved, "map.rollout.exact", "other.map.rollout.exact");
        Compare(name, saved, "map.mamba-lrp", "other.map.mamba_lrp");
        Compare(name, saved, "map.grad-cam", "other.map.grad_cam");
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Attention_of_a_channel_of_a_stage(string name)
    {
        var golden = StagedGolden.Of(name);
        using var expected = Checkpoint.Open(Input(name));
        var channels = expected.ReadInt64s(golden.At + "channels");
        var alpha = expected.Read(golden.At + "alpha");
        string[] at = ["--stage", $"{golden.Stage}", "--layer", $"{golden.Block}"];
        Golden.AssertClose(
            "alpha", Attention(name, "attention", [.. at, "--channel", $"{channels[1]}"]), alpha.AsSpan(64 * 64, 64 * 64), 1e-4);
        Golden.AssertClose("mean", Attention(name, "attention", [.. at, "--view", "block"]), expected.Read(golden.At + "block.mean"), 1e-4);

        // One row of them is one token's map; the paths add up to all together.
        var row = Attention(name, "attention", [.. at, "--channel", $"{channels[1]}", "--token", "2,5"]);
        Golden.AssertClose("row", row, alpha.AsSpan((64 * 64) + (64 * ((2 * 8) + 5)), 64), 1e-4);
        var columns = Attention(name, "attention", [.. at, "--channel", $"{channels[0]}", "--token", "7,0", "--direction", "columns"]);
        Golden.AssertClose("columns", columns, expected.Read(golden.At + "alpha.path1").AsSpan(64 * 7 * 8, 64), 1e-4);
        using var saved = Checkpoint.Open(Saved("attention", name, [.. at, "--token", "4,4"]));
        var sum = new double[64];
        foreach (var path in new[] { "rows", "columns", "rows-backward", "columns-backward" })
        {
            Assert.Equal([8, 8], saved.Find($"attention.{path}").Shape);
            sum = [.. sum.Zip(saved.Read($"attention.{path}"), (a, b) => a + b)];
        }

        Golden.AssertClose("paths", sum, saved.Read("attention"), 1e-5);
    }

    [Fact]
    public void Info_names_the_stages()
    {
        var said = CliRun.Successful("info", Golden.Path("vmamba-v05-micro")).Out;
        Assert.Contains("VMamba v05_noz", said, StringComparison.Ordinal);
        Assert.Contains("1: 2 blocks on 8 x 8 tokens of width 24", said, StringComparison.Ordinal);
        var facts = JsonNode.Parse(CliRun.Successful("info", Golden.Path("medmamba-micro"), "--json").Out)!;
        Assert.Equal([1, 2, 1], facts["depths"]!.AsArray().Select(depth => (int)depth!));
        Assert.Contains("hires-cam", facts["methods"]!.AsArray().Select(method => (string?)method!["name"]));
    }

    [Fact]
    public void A_token_is_shown_over_the_picture()
    {
        var picture = Path.Combine(folder, "token.png");
        var said = CliRun.Successful(
            "attention", Input("vmamba-v0-micro"), "--model", Golden.Path("vmamba-v0-micro"), "--stage", "0", "--layer", "0",
            "--token", "3,9", "--out", picture).Out;
        Assert.Contains("token 3,9, stage 0, layer 0", said, StringComparison.Ordinal);
        Assert.True(new FileInfo(picture).Length > 1000);
    }

    [Theory]
    [InlineData("--stage 3 --layer 0", 2, "stage 3 does not exist", "stages 0 to 2")]
    [InlineData("--stage 1 --layer 2", 2, "layer 2 does not exist; stage 1 of", "layers 0 to 1")]
    [InlineData("--layer 4", 2, "layer 4 does not exist", "layers 0 to 3")]
    [InlineData("--stage 0 --layer 0 --token 16,0", 2, "token 16,0 does not exist", "rows 0 to 15")]
    [InlineData("--stage 0 --layer 0 --channel 32", 2, "channel 32 does not exist", "channels 0 to 31")]
    [InlineData("--stage 0 --layer 0 --token 5", 1, "ROW,COLUMN")]
    [InlineData("--stage 0 --layer 0 --token 1,2,3", 1, "expected a token counted from 0")]
    public void What_is_not_there_is_said(string options, int code, params string[] said)
        => CliRun
            .Of([
                "attention", Input("vmamba-v0-micro"), "--model", Golden.Path("vmamba-v0-micro"), "--out", Path.Combine(folder, "no.npy"),
                .. options.Split(' '),
            ])
            .AssertFailed(code, said);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Input(string name) => Golden.Path(name, "expected.safetensors");

    private double[] Attention(string name, string tensor, string[] options)
    {
        using var saved = Checkpoint.Open(Saved("attention", name, options));
        return saved.Read(tensor);
    }

    private string Explain(string name, string input, params string[] options)
    {
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.safetensors");
        CliRun.Successful(["explain", input, "--model", Golden.Path(name), "--save", file, .. options]);
        return file;
    }

    private string Saved(string verb, string name, string[] options)
    {
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.safetensors");
        CliRun.Successful([verb, Input(name), "--model", Golden.Path(name), "--out", file, .. options]);
        return file;
    }

    private static void Compare(string name, string file, string tensor, string golden)
    {
        using var saved = Checkpoint.Open(file);
        using var expected = Checkpoint.Open(Input(name));
        Assert.Equal(expected.Find(golden).Shape, saved.Find(tensor).Shape);
        Golden.AssertClose($"{name} {golden}", saved.Read(tensor), expected.Read(golden), 1e-4);
    }
}
