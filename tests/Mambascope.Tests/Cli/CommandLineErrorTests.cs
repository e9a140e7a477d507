using Mambascope.Checkpoints;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>What goes wrong ends with the right exit code and one line that helps.</summary>
public sealed class CommandLineErrorTests : IDisposable
{
    private const int Usage = 1;
    private const int BadInput = 2;

    private readonly SmallModel model = new();

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("explain", "INPUT is missing")]
    [InlineData("explain a.png --mode foo", "exact, paper, official")]
    [InlineData("explain a.png --method foo", "raw, rollout, attribution")]
    [InlineData("explain a.png --token x", "whole number")]
    [InlineData("explain a.png --start-layer -1", "0 or more")]
    [InlineData("explain a.png --out map.jpg", ".png")]
    [InlineData("explain a.png --nonsense", "--nonsense")]
    [InlineData("attention a.png b.png --layer 0", "2 were given")]
    [InlineData("explain a.png --color pink", "turbo")]
    [InlineData("run a.png --generate 3", "language models")]
    [InlineData("compare --text hello", "language models")]
    [InlineData("run a.png --threads 0", "from 1 to 1024")]
    [InlineData("run a.png --precision half", "single, double")]
    [InlineData("run a.png --preprocess crop", "squash")]
    [InlineData("attention a.png", "--layer is missing")]
    [InlineData("attention a.png --layer 0 --channel 1 --reduce mean", "exclude each other")]
    [InlineData("attention a.png --layer 0 --head 1", "--channel")]
    [InlineData("attention a.png --layer 0 --out a.gif", ".safetensors")]
    [InlineData("bench --precision double", "single precision")]
    [InlineData("bench --long 100", "language models")]
    [InlineData("bench --model random:pythia-70m --long 100", "scans only")]
    [InlineData("completion fish", "bash, zsh, pwsh")]
    public void A_wrong_command_line_ends_with_1(string line, string said) => CliRun.Of(line.Split(' ')).AssertFailed(Usage, said);

    [Fact]
    public void A_missing_input_ends_with_2() => Failed(["run", model.Path("nothing.png")], "nothing.png", "no such file");

    [Fact]
    public void A_missing_model_ends_with_2()
        => CliRun.Of("run", model.Input(), "--model", "nothing-here").AssertFailed(BadInput, "nothing-here", "random:vim-small");

    [Theory]
    [InlineData("7", "0 to 2")]
    [InlineData("whale", "great white shark")]
    public void A_class_that_is_not_there_ends_with_2(string target, string said)
        => Failed(["explain", model.Input(), "--target", target, "--out", model.Path("a.png")], target, said);

    [Fact]
    public void A_layer_channel_or_token_that_is_not_there_ends_with_2()
    {
        var input = model.Input();
        Failed(["attention", input, "--layer", "2", "--out", model.Path("a.npy")], "layer 2", "0 to 1");
        Failed(["attention", input, "--layer", "1", "--channel", "32", "--out", model.Path("a.npy")], "channel 32", "0 to 31");
        Failed(
            ["attention", input, "--layer", "1", "--top-channels", "3", "--token", "17", "--out", model.Path("a.npy")],
            "token 17",
            "0 to 16");
        Failed(["explain", input, "--method", "rollout", "--start-layer", "2", "--out", model.Path("a.png")], "layer 2", "0 to 1");
        Failed(["explain", input, "--token", "17", "--out", model.Path("a.png")], "token 17", "0 to 16");
        Assert.False(File.Exists(model.Path("a.png")) || File.Exists(model.Path("a.npy")));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Values_that_are_not_finite_end_with_2(float value)
        => Failed(["run", model.Input(change: values => values[5] = value)], "pixel_values", "position 5");

    [Fact]
    public void Inputs_of_another_shape_or_name_end_with_2()
    {
        Failed(["run", model.Input(shape: [3, 32, 31])], "(3, 32, 31)", "(3, 32, 32)");
        Failed(["run", model.Input(shape: [2, 3, 32, 32])], "(2, 3, 32, 32)");
        Failed(["run", model.Input(shape: [1, 32, 32])], "(1, 32, 32)");
        Failed(["run", model.Input(tensor: "pixels")], "pixel_values", "pixels");
    }

    [Fact]
    public void A_file_that_is_no_picture_ends_with_2()
    {
        File.WriteAllText(model.Path("notes.png"), "not a picture");
        Failed(["run", model.Path("notes.png")], "notes.png", "PNG, JPEG, WebP");
        Failed(["run", model.Folder], "notes.png");
    }

    [Fact]
    public void Damaged_weights_end_with_2()
    {
        var path = model.Path("model.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..1000]);
        Failed(["info", model.Folder], path);
    }

    [Fact]
    public void An_existing_picture_is_kept_unless_force_is_given()
    {
        var (input, picture) = (model.Input(), model.Path("a.png"));
        File.WriteAllText(picture, "precious");
        Failed(["explain", input, "--method", "raw", "--out", picture], picture, "--force");
        Failed(["attention", input, "--layer", "0", "--out", picture], picture, "--force");
        Assert.Equal("precious", File.ReadAllText(picture));
        CliRun.Successful("explain", input, "--model", model.Folder, "--method", "raw", "--out", picture, "--force");
        Assert.NotEqual("precious"u8.Length, new FileInfo(picture).Length);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named_before_any_work()
        => Failed(["explain", model.Input(), "--out", model.Path("nowhere/a.png")], "nowhere");

    [Fact]
    public void Degenerate_maps_are_warned_of_and_saved_as_zeros()
    {
        // A head of zeros: every gradient is zero, and the map of input x gradient is constant.
        using var flat = new SmallModel(
            change: (values, name) => name.StartsWith("head.", StringComparison.Ordinal) ? new float[values.Length] : values);
        var saved = flat.Path("out.safetensors");
        var run = CliRun.Successful(
            "explain", flat.Input(), "--model", flat.Folder, "--method", "input-x-gradient", "--out", flat.Path("a.png"), "--save", saved);
        Assert.Contains("warning", run.Error, StringComparison.Ordinal);
        Assert.Contains("input-x-gradient", run.Error, StringComparison.Ordinal);
        using var file = Checkpoint.Open(saved);
        Assert.All(file.ReadSingles("map"), value => Assert.Equal(0, value));
    }

    private void Failed(string[] args, params string[] words)
        => CliRun.Of(args[0] == "info" ? args : [.. args, "--model", model.Folder]).AssertFailed(BadInput, words);
}
