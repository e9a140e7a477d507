using Mambascope.Models;
using Mambascope.Tests.Cli;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>What shapes cannot tell is said to the user, and can be said by the user.</summary>
public sealed class AssumptionTests
{
    private static readonly string pixels = Golden.Path("guessed", "px.safetensors");

    [Fact]
    public void Heads_are_assumed_aloud_and_set_by_hand()
    {
        var vit = Golden.Path("guessed", "vit");
        var run = CliRun.Successful("run", pixels, "--model", vit);
        Assert.Contains("assumed of vit: 1 head of 64 channels (num_attention_heads)", run.Error, StringComparison.Ordinal);
        Assert.Contains("give --heads, --config KEY=VALUE or a config.json", run.Error, StringComparison.Ordinal);
        Scores(vit, new() { ["num_attention_heads"] = "4" }, -6.2, -3.0, -9.1, -0.1, -4.1);
        var set = CliRun.Successful("run", pixels, "--model", vit, "--heads", "4", "--top", "1");
        Assert.DoesNotContain("head", set.Error, StringComparison.Ordinal);
        Assert.Contains("class 3", set.Out, StringComparison.Ordinal);
        CliRun.Of("run", pixels, "--model", vit, "--heads", "5").AssertFailed(2, "5 heads do not divide a width of 64");
        CliRun.Of("run", pixels, "--model", vit, "--heads", "4", "--config", "num_attention_heads=2").AssertFailed(1, "same thing");
    }

    [Fact]
    public void A_Vim_laid_out_in_another_way_is_read_as_it_is_said_to_be()
    {
        var vim = Golden.Path("guessed", "vim-like");
        var info = CliRun.Successful("info", vim).Out;
        Assert.Contains("class token in the middle (class_token)", info, StringComparison.Ordinal);
        Assert.Contains("the two directions halved (if_divide_out)", info, StringComparison.Ordinal);
        Scores(vim, new() { ["class_token"] = "first", ["if_divide_out"] = "false" }, 1.22, 1.85, 0.23, 0.69, -4.24);
        CliRun.Of("info", vim, "--config", "class_token=last").AssertFailed(2, "class_token is \"last\"");
        CliRun.Of("info", vim, "--config", "if_divide=false").AssertFailed(2, "if_divide says nothing of a Vision Mamba", "if_divide_out");
        CliRun.Of("info", vim, "--config", "class_token").AssertFailed(1, "expected KEY=VALUE");
    }

    [Fact]
    public void Plain_Mamba_is_an_assumption()
    {
        var falcon = Golden.Path("guessed", "falcon-mamba");
        using var plain = TextModel.Open(falcon);
        Assert.Contains(plain.Assumed, one => one.Key == "model_type" && one.Words.Contains("Falcon-Mamba", StringComparison.Ordinal));
        using var said = TextModel.Open(falcon, choices: new()
        {
            Config = new Dictionary<string, string>(StringComparer.Ordinal) { ["model_type"] = "falcon_mamba" },
        });
        Assert.Equal("Falcon-Mamba", said.Model.Facts.Kind);
        Assert.DoesNotContain(said.Assumed, one => one.Key == "model_type");
    }

    [Fact]
    public void A_config_beside_the_weights_leaves_nothing_to_assume()
    {
        using var vim = ImageClassifier.Open(Golden.Path("vim-micro"));
        Assert.Empty(vim.Assumed);
        using var mamba = TextModel.Open(Golden.Path("mamba-micro-hf"));
        Assert.Empty(mamba.Assumed);
        Assert.Empty(CliRun.Successful("run", "--tokens", "1,2", "--model", Golden.Path("mamba-micro-hf")).Error);
    }

    private static void Scores(string model, Dictionary<string, string> config, params double[] expected)
    {
        using var classifier = ImageClassifier.Open(model, new() { Choices = new() { Config = config } });
        using var run = classifier.Run<double>(classifier.ReadPixelValues(pixels));
        Assert.All(expected.Zip(run.Scores.ToArray()), pair => Assert.Equal(pair.First, pair.Second, tolerance: 0.051));
    }
}
