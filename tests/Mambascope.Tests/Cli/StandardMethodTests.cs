using System.Text.Json.Nodes;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>What explains where nothing is said, what is said of methods that measure badly, and METHOD.FORM.</summary>
public sealed class StandardMethodTests : IDisposable
{
    private readonly SmallModel small = new();
    private readonly SmallByteModels texts = new();

    public void Dispose()
    {
        small.Dispose();
        texts.Dispose();
    }

    [Fact]
    public void Neither_noise_nor_stripes_are_shown_unasked_and_the_choice_is_said()
    {
        foreach (var (line, expected) in new (string[], string)[]
        {
            (["explain", small.Input(), "--model", small.Folder, "--out", small.Path("a.png"), "--force"], "mamba-lrp"),
            (["explain", "--text", "To be", "--model", texts.Mamba], "mamba-lrp"),
            (["explain", "--text", "To be", "--model", texts.Transformer], "attn-lrp"),
            (["continuation", "--text", "To be", "--generate", "2", "--model", texts.Transformer], "attn-lrp"),
        })
        {
            var json = JsonNode.Parse(CliRun.Successful([.. line, "--json"]).Out)!;
            Assert.StartsWith($"{expected}, the standard for", (string?)json["methods_because"], StringComparison.Ordinal);
            Assert.Contains(expected, CliRun.Successful(line).Out, StringComparison.Ordinal);
        }

        Assert.Contains(
            "method: mamba-lrp, the standard for text", CliRun.Successful("explain", "--text", "To be", "--model", texts.Mamba).Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Methods_that_measure_badly_say_so()
    {
        string[] line =
        [
            "explain", small.Input(), "--model", small.Folder, "--out", small.Path("a.png"), "--force", "--method",
            "raw,attribution,mamba-lrp",
        ];
        var json = JsonNode.Parse(CliRun.Successful([.. line, "--json"]).Out)!;
        Assert.Null(json["methods_because"]);
        string?[] notes = [.. json["maps"]!.AsArray().Select(map => (string?)map!["note"])];
        Assert.Equal("at noise level in our tables", notes[0]);
        Assert.Contains("stripes", notes[1], StringComparison.Ordinal);
        Assert.Null(notes[2]);
        var words = CliRun.Successful(line).Out;
        Assert.Contains("at noise level in our tables", words, StringComparison.Ordinal);
        Assert.DoesNotContain("the standard for", words, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluations_take_what_measures_best_on_each_kind_of_model_and_say_so()
    {
        string[] line = ["evaluate", "complexity", "--data", "fashion-scenes:test:2", "--model", "demo-vim", "--model", "demo-deit"];
        var run = CliRun.Successful([.. line, "--json"]);
        var methods = JsonNode.Parse(run.Out)!["results"]!.AsArray()
            .Select(row => $"{(string?)row!["model"]} {(string?)row["method"]}").ToArray();
        string[] controls = ["random", "centre-gaussian", "colour", "oracle"];
        Assert.Equal(["demo-vim mamba-lrp", "demo-deit generic-attention"], methods.Where(name => !controls.Contains(name.Split(' ')[1])));
        Assert.Contains("demo-vim random", methods);
        Assert.Contains("demo-vim is explained by mamba-lrp, the standard for pictures", run.Error, StringComparison.Ordinal);
        Assert.Contains("demo-deit is explained by generic-attention", run.Error, StringComparison.Ordinal);
        Assert.Contains("name others with --method", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "is explained by", CliRun.Successful([.. line, "--method", "raw"]).Error, StringComparison.Ordinal);

        var text = CliRun.Successful(
            "evaluate", "text", "perturbation", "--data", texts.Write("book.txt", new string('a', 40) + " to be or not to be "), "--window",
            "8", "--windows", "2", "--model", texts.Mamba, "--model", texts.Transformer, "--json");
        Assert.Contains("tiny-mamba is explained by mamba-lrp, the standard for text", text.Error, StringComparison.Ordinal);
        Assert.Contains("tiny-neox is explained by attn-lrp, the standard for text", text.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_known_against_a_method_depends_on_how_it_explains_whom()
    {
        static string? Caution(string name, AttributionOptions options, ModelInput reads = ModelInput.Pictures, MixerKind? kind = null)
            => AttributionMethods.Find(name, ModelShape.Of(kind ?? MixerKind.Scan)).Caution(options, reads);

        Assert.Equal("at noise level in our tables", Caution("raw", new()));
        Assert.Contains("blob", Caution("rollout", new() { Mode = AttributionMode.Official }), StringComparison.Ordinal);
        Assert.Contains("mostly architecture", Caution("raw", new() { Sign = SignRule.Absolute }), StringComparison.Ordinal);
        Assert.Contains("0.67", Caution("attribution", new()), StringComparison.Ordinal);
        Assert.Contains("0.48", Caution("attribution", new(), ModelInput.Text), StringComparison.Ordinal);
        Assert.Null(Caution("input-x-gradient", new(), ModelInput.Text));
        Assert.Null(Caution("raw", new(), kind: MixerKind.Softmax));
        Assert.Null(Caution("mamba-lrp", new()));

        // The same words in the tables of evaluations.
        var cautions = JsonNode.Parse(CliRun.Successful(
            "evaluate", "complexity", "--data", "fashion-scenes:test:2", "--model", "demo-vim", "--model", "demo-deit", "--method",
            "raw,raw+sign=absolute,attribution", "--json").Out)!["cautions"]!.AsObject();
        Assert.Equal(
            ["raw.exact", "raw.exact+sign=absolute", "attribution.exact"], cautions.Select(each => each.Key));
        Assert.Equal("at noise level in our tables", (string?)cautions["raw.exact"]);
        Assert.Contains("mostly architecture", (string?)cautions["raw.exact+sign=absolute"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_results_has_it_in_the_row_and_in_its_files()
    {
        string[] line =
        [
            "evaluate", "complexity", "--data", "fashion-scenes:test:2", "--method", "raw,attribution,mamba-lrp", "--out",
            small.Path("marked"),
        ];
        var run = CliRun.Successful(line);
        Assert.Contains("known against it", run.Out, StringComparison.Ordinal);
        var rows = File.ReadAllLines(Path.Combine(small.Path("marked"), "complexity.csv"));
        Assert.EndsWith(",caution", rows[0], StringComparison.Ordinal);
        Assert.EndsWith("at noise level in our tables", rows[1], StringComparison.Ordinal);
        Assert.Contains("stripes come from the architecture", rows[2], StringComparison.Ordinal);
        Assert.All(rows[3..], row => Assert.EndsWith(",\"\"", row, StringComparison.Ordinal)); // mamba-lrp and the controls
        var report = File.ReadAllText(Path.Combine(small.Path("marked"), "report.html"));
        Assert.Contains("stripes come from the architecture", report, StringComparison.Ordinal);

        // Nothing is known against any: no column.
        Assert.DoesNotContain(
            "known against it", CliRun.Successful([.. line[..4], "--method", "mamba-lrp"]).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_form_is_said_for_one_method_or_several_modes_for_all()
    {
        Assert.Equal(["raw paper", "rollout exact"], Forms("--method", "raw.paper,rollout"));
        Assert.Equal(["raw exact", "raw paper", "mamba-lrp "], Forms("--method", "raw,mamba-lrp", "--mode", "exact,paper"));
        Assert.Equal(["raw official", "rollout paper"], Forms("--method", "raw.official", "--method", "rollout", "--mode", "paper"));
        var continued = JsonNode.Parse(CliRun.Successful(
            "continuation", "--text", "To be", "--generate", "1", "--model", texts.Mamba, "--method", "rollout.paper", "--json").Out)!;
        Assert.Equal(("rollout", "paper"), ((string?)continued["method"], (string?)continued["mode"]));

        Failed("--method raw.medium", "expected raw, raw.exact, raw.paper, raw.official");
        Failed("--method raw.paper --mode exact", "--mode changes nothing");
        Failed("--method raw --mode exact,wrong", "--mode wrong", "official");
        CliRun.Of("explain", "--text", "a", "--method", "raw.official").AssertFailed(1, "official");
        CliRun.Of("continuation", "--text", "a", "--method", "raw.paper", "--mode", "exact").AssertFailed(1, "exclude each other");

        IEnumerable<string> Forms(params string[] options)
            => JsonNode.Parse(CliRun.Successful([.. Line(), "--json", .. options]).Out)!["maps"]!.AsArray()
                .Select(map => $"{(string?)map!["method"]} {(string?)map["mode"]}");

        void Failed(string options, params string[] said) => CliRun.Of([.. Line(), .. options.Split(' ')]).AssertFailed(1, said);
    }

    private string[] Line() => ["explain", small.Input(), "--model", small.Folder, "--out", small.Path("a.png"), "--force"];
}
