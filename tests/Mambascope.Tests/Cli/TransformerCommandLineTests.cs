using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>
/// The command lines of the contract against golden/deit-micro, through the files they write; what is a scan's is refused in words.
/// </summary>
public sealed class TransformerCommandLineTests : IDisposable
{
    private static readonly string model = Golden.Path("deit-micro");
    private static readonly string input = Golden.Path("deit-micro", "expected.safetensors");
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Many_methods_in_one_go()
    {
        var saved = Explain(
            "--method",
            "raw,raw-last,rollout,generic-attention,attention-gradcam,transition-attention,transformer-attribution,partial-lrp,full-lrp");
        Compare(saved, "map.raw", "map.raw_mean_layers");
        Compare(saved, "map.raw-last", "map.raw_last");
        Compare(saved, "map.rollout", "map.rollout.start0");
        Compare(saved, "map.generic-attention", "map.generic_attention");
        Compare(saved, "map.attention-gradcam", "map.attn_gradcam");
        Compare(saved, "map.transition-attention", "map.transition_attention.start0");
        Compare(saved, "map.transformer-attribution", "map.transformer_attribution.start0");
        Compare(saved, "map.partial-lrp", "map.partial_lrp_ours");
        Compare(saved, "map.full-lrp", "map.lrp_full_ours");
        Compare(saved, "logits", "logits");
    }

    [Fact]
    public void The_original_rules_and_other_start_layers()
    {
        Compare(
            Explain("--method", "partial-lrp,full-lrp", "--lrp-variant", "original"),
            "map.partial-lrp.original",
            "map.partial_lrp_original");
        Compare(Explain("--method", "full-lrp", "--lrp-variant", "original"), "map", "map.lrp_full_original");
        Compare(Explain("--method", "lrp-rollout", "--start-layer", "1"), "map", "map.lrp_rollout.start1");
        Compare(Explain("--method", "rollout", "--start-layer", "1", "--precision", "double"), "map", "map.rollout.start1");
    }

    [Fact]
    public void Without_a_method_a_transformer_is_explained_by_its_own_best()
    {
        using var saved = Checkpoint.Open(Explain());
        Assert.Equal(
            ["logits", "map", "pixel_values", "target"],
            saved.Tensors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void One_head_of_attention_and_the_mean()
    {
        using var expected = Checkpoint.Open(input);
        var attention = expected.Read("layer3.attention");
        var file = Path.Combine(folder, "a.safetensors");
        CliRun.Successful("attention", input, "--model", model, "--layer", "3", "--head", "1", "--out", file);
        using (var saved = Checkpoint.Open(file))
        {
            Golden.AssertClose("head 1", saved.Read("attention"), attention.AsSpan(197 * 197, 197 * 197), 1e-4);
        }

        CliRun.Successful("attention", input, "--model", model, "--layer", "3", "--out", Path.Combine(folder, "b.safetensors"));
        using var mean = Checkpoint.Open(Path.Combine(folder, "b.safetensors"));
        Golden.AssertClose(
            "mean",
            mean.Read("attention"),
            [
                .. Enumerable
                    .Range(0, 197 * 197)
                    .Select(i => (attention[i] + attention[i + (197 * 197)] + attention[i + (2 * 197 * 197)]) / 3),
            ],
            1e-4);
    }

    [Theory]
    [InlineData("explain INPUT --model MODEL --out no.png --method mamba-lrp", "selective scans", "transformer-attribution")]
    [InlineData("explain INPUT --model demo-vim --out no.png --method transformer-attribution", "softmax attention", "mamba-lrp")]
    [InlineData("explain INPUT --model MODEL --out no.png --method grad-camel", "no method grad-camel", "raw-last")]
    [InlineData("attention INPUT --model MODEL --layer 0 --channel 1", "--channel is for Mamba", "--head")]
    public void What_a_model_cannot_answer_is_a_usage_error(string line, params string[] said)
        => CliRun.Of([.. line.Split(' ').Select(word => word == "INPUT" ? input : word == "MODEL" ? model : word)]).AssertFailed(1, said);

    [Fact]
    public void A_head_that_is_not_there_ends_with_2()
        => CliRun
            .Of("attention", input, "--model", model, "--layer", "0", "--head", "3", "--out", Path.Combine(folder, "a.npy"))
            .AssertFailed(2, "head 3", "0 to 2");

    [Fact]
    public void Info_describes_a_transformer()
    {
        Assert.Contains("3 heads", CliRun.Successful("info", model).Out, StringComparison.Ordinal);
        var facts = JsonNode.Parse(CliRun.Successful("info", model, "--json").Out)!;
        Assert.Equal(3, (int)facts["heads"]!);
        Assert.Equal(197, (int)facts["tokens"]!);
        Assert.Contains("attn-lrp", facts["methods"]!.AsArray().Select(method => (string?)method!["name"]));
    }

    private string Explain(params string[] options)
    {
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.safetensors");
        CliRun.Successful(["explain", input, "--model", model, "--save", file, .. options]);
        return file;
    }

    private static void Compare(string file, string name, string golden)
    {
        using var saved = Checkpoint.Open(file);
        using var expected = Checkpoint.Open(input);
        Assert.Equal(expected.Find(golden).Shape, saved.Find(name).Shape);
        Golden.AssertClose(golden, saved.Read(name), expected.Read(golden), 1e-4);
    }
}
