using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Tests.Explorer;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>The command line on the golden hybrids.</summary>
public sealed class HybridCommandLineTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("falcon-h1-micro", "exact")]
    [InlineData("nemotron-h-moe-micro", "paper")]
    [InlineData("jamba-micro", "exact")]
    public void Every_method_of_a_hybrid(string model, string mode)
    {
        var saved = Explain(model, "--method", "raw,rollout,attribution,mamba-lrp,attn-lrp,input-x-gradient", "--mode", mode);
        foreach (var method in new[] { "raw", "rollout", "attribution" })
        {
            Compare(model, saved, $"map.{method}.{mode}", $"map.{method}.{mode}");
        }

        Compare(model, saved, "map.mamba-lrp", "map.mamba_lrp");
        Compare(model, saved, "map.attn-lrp", "map.attn_lrp");
        Compare(model, saved, "map.input-x-gradient", "map.input_x_gradient");
    }

    [Theory]
    [InlineData("scan", "map.rollout.scan.exact")]
    [InlineData("attention", "map.rollout.attention")]
    public void One_kind_of_mixer(string kind, string golden)
        => Compare("bamba-micro", Explain("bamba-micro", "--method", "rollout", "--kind", kind), "map", golden);

    [Fact]
    public void Mixers_side_by_side_are_shown_side_by_side()
    {
        var file = Path.Combine(folder, "both.safetensors");
        var run = CliRun.Successful([.. Command("attention", "falcon-h1-micro"), "--layer", "0", "--out", file]);
        Assert.Contains("Hidden attention, layer 0", run.Out, StringComparison.Ordinal);
        Assert.Contains("Softmax attention, layer 0", run.Out, StringComparison.Ordinal);
        using var saved = Checkpoint.Open(file);
        using var expected = Checkpoint.Open(Input("falcon-h1-micro"));
        Assert.Equal([2, 28, 28], saved.Find("attention").Shape);
        Golden.AssertClose("scan", saved.Read("attention").AsSpan(0, 28 * 28), expected.Read("layer0.alpha.mean"), 1e-4);
        Golden.AssertClose("attention", saved.Read("attention").AsSpan(28 * 28), expected.Read("layer0.attention.mean"), 1e-4);

        var picture = Path.Combine(folder, "both.png");
        CliRun.Successful([.. Command("attention", "falcon-h1-micro"), "--layer", "0", "--out", picture]);
        Assert.True(new FileInfo(picture).Length > 10_000);
        var report = JsonNode.Parse(
            CliRun.Successful([.. Command("attention", "falcon-h1-micro"), "--layer", "0", "--out", picture, "--force", "--json"]).Out)!;
        Assert.Equal("scan", (string?)report["kind"]);
        Assert.Equal("attention", (string?)report["beside"]![0]!["kind"]);
    }

    [Theory]
    [InlineData("--kind attention --head 5", "layer0.attention", 5)]
    [InlineData("--kind attention", "layer0.attention.mean", 0)]
    [InlineData("--kind scan --head 3", "layer0.alpha.heads", 3)]
    [InlineData("--channel 17 --view block", "layer0.block", 1)]
    public void One_of_the_mixers_is_shown_alone(string options, string golden, int index)
    {
        var file = Path.Combine(folder, "one.safetensors");
        CliRun.Successful([.. Command("attention", "falcon-h1-micro"), "--layer", "0", "--out", file, .. options.Split(' ')]);
        using var saved = Checkpoint.Open(file);
        using var expected = Checkpoint.Open(Input("falcon-h1-micro"));
        Golden.AssertClose(
            golden, saved.Read("attention"), expected.Read(golden).AsSpan(index * 28 * 28, 28 * 28), 1e-4);
    }

    [Theory]
    [InlineData("nemotron-h-micro", "--layer 1", "layer 1 of nemotron-h-micro has no part that mixes tokens; layers that have: 0, 2, 3, 5")]
    [InlineData("nemotron-h-micro", "--layer 0 --kind attention", "layer 0 of nemotron-h-micro has no softmax attention")]
    [InlineData("nemotron-h-micro", "--layer 3 --head 4", "head 4 does not exist; layer 3 has heads 0 to 3")]
    [InlineData("jamba-micro", "--layer 0 --head 1", "a mixer of layer 0 has no heads; show one kind with --kind")]
    [InlineData("mamba-micro-hf", "--layer 0 --kind attention", "--kind attention: mamba-micro-hf has selective scans (Mamba)")]
    public void What_a_layer_does_not_have_is_named(string model, string options, string said)
        => Assert.Contains(
            said, CliRun.Of([.. Command("attention", model), .. options.Split(' ')]).Error, StringComparison.Ordinal);

    [Fact]
    public void The_share_of_each_kind_is_told_by_layer()
    {
        var report = Json("explain", "nemotron-h-moe-micro", "--method", "raw");
        var layers = report["layers"]!.AsArray();
        Assert.Equal(5, layers.Count);
        Assert.Equal(
            ["scan", "experts", "attention", "scan", "experts"],
            layers.Select(layer => layer!.AsObject().Select(entry => entry.Key).Single(key => key != "layer")));
        Assert.Contains(
            "layer",
            CliRun.Successful([.. Command("explain", "nemotron-h-moe-micro"), "--method", "raw"]).Out,
            StringComparison.Ordinal);
        var page = Path.Combine(folder, "shares.html");
        CliRun.Successful([.. Command("explain", "nemotron-h-moe-micro"), "--method", "raw", "--out", page]);
        Assert.Equal(layers.ToJsonString(), ReadPage.Of(page).Json("explanation")["layers"]!.ToJsonString());
    }

    [Theory]
    [InlineData("run")]
    [InlineData("explain")]
    public void Experts_are_told_by_token(string verb)
    {
        var layers = Json(verb, "jamba-micro")["experts"]!.AsArray();
        using var expected = Checkpoint.Open(Input("jamba-micro"));
        Assert.Equal([1, 3], layers.Select(layer => (int)layer!["layer"]!));
        Assert.Equal(
            expected.ReadInt64s("layer1.experts"),
            layers[0]!["chosen"]!.AsArray().SelectMany(token => token!.AsArray().Select(expert => (long)expert!)));
        Golden.AssertClose(
            "weights",
            [.. layers[1]!["weights"]!.AsArray().SelectMany(token => token!.AsArray().Select(weight => (double)weight!))],
            expected.Read("layer3.expert_weights"),
            1e-4);
    }

    [Fact]
    public void Tokens_are_cut_off_in_one_kind_of_mixer()
    {
        double[] Drops(params string[] options)
            => [.. Json("knockout", "granite-hybrid-micro", options)["knockouts"]!.AsArray().Select(one => (double)one!["drop"]!)];
        var (all, scan, attention) = (Drops(), Drops("--kind", "scan"), Drops("--kind", "attention"));
        Assert.NotEqual(all, scan);
        Assert.NotEqual(all, attention);
        Assert.NotEqual(scan, attention);
        Assert.Equal(attention, Drops("--layers", "2,4")); // where it is
        Assert.Equal(scan, Drops("--layers", "0,1,3"));
        Assert.Equal(attention, Drops("--kind", "attention", "--head", "0-3"));
        Assert.NotEqual(attention, Drops("--kind", "attention", "--head", "0-2"));
    }

    [Fact]
    public void An_expert_is_knocked_out()
    {
        var report = Json("knockout", "granite-moe-hybrid-micro", "--expert", "2", "--layers", "0-1");
        Assert.Single(report["knockouts"]!.AsArray());
        Assert.NotEqual(0, (double)report["knockouts"]![0]!["drop"]!);
        Assert.Contains(
            "Without expert 2, in layers 0, 1",
            CliRun.Successful([.. Command("knockout", "granite-moe-hybrid-micro"), "--expert", "2", "--layers", "0-1"]).Out,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("granite-moe-hybrid-micro", "--expert 6", "expert 6 does not exist; the layers have experts 0 to 5")]
    [InlineData("bamba-micro", "--expert 0", "expert 0 does not exist: the layers have no experts")]
    [InlineData("bamba-micro", "--head 8", "head 8 does not exist; the layers have heads 0 to 7")]
    [InlineData("bamba-micro", "--expert 0 --kind scan", "--expert and --kind exclude each other")]
    [InlineData("mamba-micro-hf", "--kind attention", "kind attention was asked for; this model has selective scans (Mamba)")]
    public void What_cannot_be_knocked_out_is_named(string model, string options, string said)
        => Assert.Contains(said, CliRun.Of([.. Command("knockout", model), .. options.Split(' ')]).Error, StringComparison.Ordinal);

    [Fact]
    public void A_hybrid_says_what_it_is()
    {
        var text = CliRun.Successful("info", Golden.Path("nemotron-h-moe-micro")).Out;
        Assert.Contains("Nemotron-H language model, scans and attention in turn", text, StringComparison.Ordinal);
        Assert.Contains("2 of 6 (0 to 5) a token, of width 24, and one of width 40 for all; layers 1, 4", text, StringComparison.Ordinal);
        Assert.Contains(
            "Falcon-H1 language model, scans beside attention",
            CliRun.Successful("info", Golden.Path("falcon-h1-micro")).Out,
            StringComparison.Ordinal);
    }

    private static string Input(string model) => Golden.Path(model, "expected.safetensors");

    private static string[] Command(string verb, string model) => [verb, Input(model), "--model", Golden.Path(model)];

    private JsonNode Json(string verb, string model, params string[] options)
    {
        string[] files = verb == "explain" ? ["--out", Path.Combine(folder, "page.html"), "--force"] : [];
        return JsonNode.Parse(CliRun.Successful([.. Command(verb, model), "--json", .. files, .. options]).Out)!;
    }

    private string Explain(string model, params string[] options)
    {
        var (file, page) = (Path.Combine(folder, "out.safetensors"), Path.Combine(folder, "out.html"));
        var run = CliRun.Successful([.. Command("explain", model), "--save", file, "--out", page, "--json", .. options]);
        Assert.True((bool)JsonNode.Parse(run.Out)!["checks"]!["passed"]!);
        Assert.Empty(run.Error);
        return file;
    }

    private static void Compare(string model, string file, string name, string golden)
    {
        using var expected = Checkpoint.Open(Input(model));
        using var saved = Checkpoint.Open(file);
        Golden.AssertClose(golden, saved.Read(name), expected.Read(golden), 1e-4);
    }
}
