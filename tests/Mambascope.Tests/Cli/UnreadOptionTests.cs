using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>An option that no method reads is refused in one line, and not silently passed over.</summary>
public sealed class UnreadOptionTests : IDisposable
{
    private readonly SmallModel small = new();
    private readonly SmallByteModels models = new();

    [Theory]
    [InlineData("--method mamba-lrp --mode paper", "--mode changes nothing about mamba-lrp: it is for raw, rollout and attribution")]
    [InlineData("--method raw --steps 8", "--steps changes nothing about raw: it is for integrated-gradients")]
    [InlineData("--seed 3", "--seed changes nothing about mamba-lrp: it is for smoothgrad")]
    [InlineData("--method input-x-gradient --residual 0.5", "--residual changes nothing about input-x-gradient: it is for rollout")]
    [InlineData("--lrp-variant original", "no method that explains such a model reads it")]
    public void Explain_refuses(string options, string words)
        => CliRun
            .Of(["explain", small.Input(), "--model", small.Folder, "--out", small.Path("out.png"), .. options.Split(' ')])
            .AssertFailed(1, words);

    [Theory]
    [InlineData("--method raw,integrated-gradients --steps 2")]
    [InlineData("--method integrated-gradients --n_steps 2")]
    [InlineData("--method smoothgrad --nt_samples 2 --stdevs 0.1 --seed 4")]
    [InlineData("--method mamba-lrp,rollout --mode paper")]
    public void What_one_of_the_methods_reads_is_taken(string options)
        => CliRun.Successful(["explain", small.Input(), "--model", small.Folder, "--out", small.Path("out.png"), .. options.Split(' ')]);

    [Fact]
    public void Other_names_mean_the_same()
    {
        string Maps(string option)
            => CliRun
                .Successful(
                    "explain", small.Input(), "--model", small.Folder, "--out", small.Path("out.png"), "--force",
                    "--json", "--method", "integrated-gradients", option, "3")
                .Out;
        Assert.Equal(Maps("--steps"), Maps("--n_steps"));
    }

    [Fact]
    public void Text_continuation_and_attention_refuse_too()
    {
        CliRun
            .Of("explain", "--text", "To be", "--model", models.Transformer, "--method", "rollout", "--mode", "paper")
            .AssertFailed(1, "--mode changes nothing about rollout");
        CliRun
            .Of("continuation", "--text", "To be", "--model", models.Mamba, "--method", "input-x-gradient", "--mode", "paper")
            .AssertFailed(1, "--mode changes nothing about input-x-gradient");
        CliRun
            .Of("attention", small.Input(), "--model", small.Folder, "--layer", "0", "--token", "3", "--out", small.Path("a.npy"))
            .AssertFailed(1, "--token N is for --top-channels");
    }

    [Fact]
    public void A_comparison_takes_what_one_of_its_models_reads()
    {
        var picture = System.IO.Path.Combine(ReadPictures(), "two-items.png");
        CliRun
            .Of("compare", picture, "--method", "input-x-gradient", "--mode", "paper", "--out", small.Path("c.png"))
            .AssertFailed(1, "--mode changes nothing about input-x-gradient");
    }

    public void Dispose()
    {
        small.Dispose();
        models.Dispose();
    }

    private static string ReadPictures()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(System.IO.Path.Combine(folder!.FullName, "samples")))
        {
            folder = folder.Parent;
        }

        return System.IO.Path.Combine(folder.FullName, "samples");
    }
}
