using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>
/// The command lines of the contract against the golden language models, from a file with <c>input_ids</c> to the files they write.
/// </summary>
public sealed class GoldenTextCommandLineTests : IDisposable
{
    private const double Single = 1e-4;
    private const double Double = 1e-6;
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("mamba-micro-hf", "exact")]
    [InlineData("mamba-micro-hf", "paper")]
    [InlineData("mamba-micro-official", "exact")]
    [InlineData("mamba-micro-official", "paper")]
    [InlineData("mamba2-micro-hf", "exact")]
    [InlineData("mamba2-micro-hf", "paper")]
    public void Every_method_of_a_Mamba(string model, string mode)
    {
        var saved = Explain(model, "--method", "raw,rollout,attribution,mamba-lrp,input-x-gradient", "--mode", mode);
        foreach (var method in new[] { "raw", "rollout", "attribution" })
        {
            Compare(model, saved, $"map.{method}.{mode}", $"map.{method}.{mode}", Single);
        }

        Compare(model, saved, "map.mamba-lrp", "map.mamba_lrp", Single);
        Compare(model, saved, "map.input-x-gradient", "map.input_x_gradient", Single);
        AssertRest(model, saved, Single);
    }

    [Theory]
    [InlineData("mamba-micro-hf")]
    [InlineData("mamba-micro-official")]
    [InlineData("mamba2-micro-hf")]
    public void Double_precision_is_exact_to_what_the_goldens_store(string model)
    {
        var saved = Explain(model, "--method", "raw,attribution,mamba-lrp", "--precision", "double");
        Compare(model, saved, "map.raw.exact", "map.raw.exact", Double);
        Compare(model, saved, "map.attribution.exact", "map.attribution.exact", Double);
        Compare(model, saved, "map.mamba-lrp", "map.mamba_lrp", Double);
        AssertRest(model, saved, Double);
    }

    [Theory]
    [InlineData("single", Single)]
    [InlineData("double", Double)]
    public void Every_method_of_a_transformer(string precision, double tolerance)
    {
        const string Model = "gpt-neox-micro";
        var saved = Explain(Model, "--method", "raw,raw-last,rollout,generic-attention,cp-lrp,input-x-gradient", "--precision", precision);
        Compare(Model, saved, "map.raw", "map.raw", tolerance);
        Compare(Model, saved, "map.raw-last", "map.raw_last", tolerance);
        Compare(Model, saved, "map.rollout", "map.rollout.start0", tolerance);
        Compare(Model, saved, "map.generic-attention", "map.generic_attention", tolerance);
        Compare(Model, saved, "map.cp-lrp", "map.cp_lrp", tolerance);
        Compare(Model, saved, "map.input-x-gradient", "map.input_x_gradient", tolerance);
        AssertRest(Model, saved, tolerance);
    }

    [Fact]
    public void A_method_alone_is_called_map()
        => Compare("mamba-micro-hf", Explain("mamba-micro-hf", "--method", "mamba-lrp"), "map", "map.mamba_lrp", Single);

    [Theory]
    [InlineData("mamba-micro-hf", "--channel 95 --layer 2 --view s6", "layer2.alpha.forward", 2, 64)]
    [InlineData("mamba-micro-hf", "--channel 7 --layer 0 --view block", "layer0.block", 1, 64)]
    [InlineData("mamba-micro-hf", "--layer 2 --view block", "layer2.block.mean", 0, 64)]
    [InlineData("mamba-micro-official", "--channel 31 --layer 1", "layer1.alpha.forward", 1, 24)]
    [InlineData("mamba2-micro-hf", "--head 4 --layer 2", "layer2.alpha.heads", 4, 56)]
    [InlineData("mamba2-micro-hf", "--channel 17 --layer 0 --view block", "layer0.block", 1, 56)]
    [InlineData("gpt-neox-micro", "--head 3 --layer 2", "layer2.attention", 3, 60)]
    public void One_matrix(string model, string options, string golden, int index, int length)
    {
        var file = Path.Combine(folder, "a.safetensors");
        CliRun.Successful(["attention", Input(model), "--model", Golden.Path(model), "--out", file, .. options.Split(' ')]);
        using var expected = Checkpoint.Open(Input(model));
        using var saved = Checkpoint.Open(file);
        Assert.Equal([length, length], saved.Find("attention").Shape);
        Golden.AssertClose(golden, saved.Read("attention"), expected.Read(golden).AsSpan(index * length * length, length * length), Single);
    }

    private static string Input(string model) => Golden.Path(model, "expected.safetensors");

    private string Explain(string model, params string[] options)
    {
        var (file, page) = (Path.Combine(folder, "out.safetensors"), Path.Combine(folder, "out.html"));
        var run = CliRun.Successful([
            "explain", Input(model), "--model", Golden.Path(model), "--save", file, "--out", page, "--json", .. options,
        ]);
        var report = JsonNode.Parse(run.Out)!;
        TestContext.Current.TestOutputHelper?.WriteLine(report["checks"]?.ToJsonString() ?? "no checks");
        Assert.True(report["checks"] is null || (bool)report["checks"]!["passed"]!);
        Assert.All(report["maps"]!.AsArray(), map => Assert.Null(map!["degenerate"]));
        Assert.True(new FileInfo(page).Length > 5_000);
        Assert.Empty(run.Error);
        return file;
    }

    private static void Compare(string model, string file, string name, string golden, double tolerance)
    {
        using var expected = Checkpoint.Open(Input(model));
        using var saved = Checkpoint.Open(file);
        Golden.AssertClose(golden, saved.Read(name), expected.Read(golden), tolerance);
    }

    private static void AssertRest(string model, string file, double tolerance)
    {
        using var expected = Checkpoint.Open(Input(model));
        using var saved = Checkpoint.Open(file);
        var vocabulary = expected.Find("logits").Shape[1];
        Golden.AssertClose("logits", saved.Read("logits"), expected.Read("logits").AsSpan()[^vocabulary..], tolerance);
        Assert.Equal(TensorType.I64, saved.Find("target").Type);
        Assert.Equal(expected.ReadInt64s("target"), saved.ReadInt64s("target"));
        Assert.Equal(expected.ReadInt64s("input_ids"), saved.ReadInt64s("input_ids"));
        Assert.Equal([expected.Find("input_ids").Shape[0] - 1], saved.ReadInt64s("position"));
    }
}
