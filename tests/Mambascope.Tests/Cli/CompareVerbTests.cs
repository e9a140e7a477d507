using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Imaging;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>Two models side by side: the numbers are those of explain and attention for each model alone.</summary>
public sealed class CompareVerbTests : IDisposable
{
    private static readonly string vim = Golden.Path("vim-micro");
    private static readonly string deit = Golden.Path("deit-micro");
    private static readonly string cat = Golden.Path("preprocessing", "chelsea.png");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Each_model_is_explained_as_if_alone()
    {
        var (saved, sheet) = (folder.File("both.safetensors"), folder.File("sheet.png"));
        var report = JsonNode.Parse(
            CliRun.Successful(
                "compare", cat, "--models", $"{vim},{deit}", "--method", "raw,rollout,attribution", "--save", saved, "--out", sheet,
                "--json").Out
        )!;
        using var both = Checkpoint.Open(saved);
        string[] models = ["vim-micro", "deit-micro"];
        string[] kinds = ["logits", "map.NAME.attribution", "map.NAME.raw", "map.NAME.rollout", "pixel_values", "target"];
        Assert.Equal(
            models
                .SelectMany(model =>
                    kinds.Select(kind =>
                        kind.Contains("NAME", StringComparison.Ordinal)
                            ? kind.Replace("NAME", model, StringComparison.Ordinal)
                            : $"{kind}.{model}"))
                .Order(StringComparer.Ordinal),
            both.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (
            var (model, name, forms, own) in new[]
            {
                (vim, "vim-micro", ".exact", "attribution.exact"),
                (deit, "deit-micro", "", "transformer-attribution"),
            })
        {
            var alone = folder.File($"{name}.safetensors");
            CliRun.Successful(
                "explain", cat, "--model", model, "--method", "raw,rollout,attribution", "--save", alone, "--out",
                folder.File($"{name}.png"));
            using var expected = Checkpoint.Open(alone);
            Assert.Equal(expected.Read("map.raw" + forms), both.Read($"map.{name}.raw"));
            Assert.Equal(expected.Read("map.rollout" + forms), both.Read($"map.{name}.rollout"));
            Assert.Equal(expected.Read("map." + own), both.Read($"map.{name}.attribution"));
            Assert.Equal(expected.Read("logits"), both.Read($"logits.{name}"));
            Assert.Equal(expected.Read("pixel_values"), both.Read($"pixel_values.{name}"));
        }

        Assert.Equal(models, report["models"]!.AsArray().Select(model => (string?)model!["model"]));
        Assert.Equal(
            ["attribution", "transformer-attribution"],
            report["models"]!.AsArray().Select(model => (string?)model!["maps"]![2]!["method"]));
        Assert.Equal(3, report["agreement"]!.AsArray().Count);
        Assert.All(report["agreement"]!.AsArray(), entry => Assert.InRange((double)entry!["rank_correlation"]!, -1, 1));

        // Two rows of four panels: 280 units each, at 2 pixels.
        var image = ImageFile.Decode(sheet);
        Assert.True(image.Width > 4 * 560 && image.Height is > 2 * 560 and < 4 * 560, $"{image.Width}x{image.Height}");
    }

    [Fact]
    public void Matrices_are_those_of_the_layers_at_a_quarter_half_and_three_quarters()
    {
        var (saved, sheet) = (folder.File("a.safetensors"), folder.File("attention.png"));
        var input = Golden.Path("deit-micro", "expected.safetensors");
        CliRun.Successful(
            "compare", input, "--models", $"{vim},{deit}", "--method", "raw", "--matrices", sheet, "--first-tokens",
            "50", "--save", saved, "--out", folder.File("maps.png"));
        using var both = Checkpoint.Open(saved);
        Assert.Equal(
            [
                "attention.deit-micro.layer1", "attention.deit-micro.layer2", "attention.deit-micro.layer3",
                "attention.vim-micro.layer1", "attention.vim-micro.layer3", "attention.vim-micro.layer4",
            ],
            both.Tensors.Keys.Where(name => name.StartsWith("attention", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

        using var golden = Checkpoint.Open(input);
        var heads = golden.Read("layer3.attention");
        var softmax = both.Read("attention.deit-micro.layer3");
        var (i, j) = (7, 31);
        Assert.Equal(Enumerable.Range(0, 3).Average(h => heads[(h * 197 * 197) + (i * 197) + j]), softmax[(i * 50) + j], 1e-5);

        var hidden = both.Read("attention.vim-micro.layer3");
        Assert.Equal((0.0, 1.0), (hidden.Min(), hidden.Max()));
        var file = folder.File("matrix.safetensors");
        CliRun.Successful("attention", input, "--model", vim, "--layer", "3", "--reduce", "abs-mean", "--out", file);
        using var whole = Checkpoint.Open(file);
        var matrix = whole.Read("attention");
        var shown = Enumerable.Range(0, 50).SelectMany(row => matrix.AsSpan(row * 197, 50).ToArray()).ToArray();
        Golden.AssertClose(
            "min-max of the mean of |alpha|",
            hidden,
            [.. shown.Select(value => (value - shown.Min()) / (shown.Max() - shown.Min()))],
            1e-5);
        var image = ImageFile.Decode(sheet);
        Assert.True(image.Width > 3 * 600 && image.Height > 2 * 600, $"{image.Width}x{image.Height}");
    }

    [Fact]
    public void A_target_by_label_is_looked_up_in_each_model()
    {
        // The same class under another index: labels turned round.
        using var first = new SmallModel();
        using var second = new SmallModel(
            config: """{"model_type": "vim", "num_labels": 3, "id2label": {"0": "great white shark", "1": "tench", "2": "goldfish"}}""");
        var saved = folder.File("a.safetensors");
        var input = first.Input();
        var models = JsonNode.Parse(
            CliRun
                .Successful(
                    "compare", input, "--models", $"{first.Folder},{second.Folder}", "--method", "raw", "--target",
                    "goldfish", "--save", saved, "--out", folder.File("a.png"), "--json")
                .Out
        )!["models"]!.AsArray();
        Assert.Equal([1, 2], models.Select(model => (int)model!["target"]!["index"]!));

        // Two folders are called differently; two files of one name are told apart by their paths.
        var (a, b) = (first.Path("model.safetensors"), second.Path("model.safetensors"));
        CliRun.Successful(
            "compare", input, "--models", $"{a},{b}", "--method", "raw", "--save", saved, "--out", folder.File("b.png"), "--force");
        using var tensors = Checkpoint.Open(saved);
        Assert.Contains($"map.{a}.raw", tensors.Tensors.Keys);
        Assert.Contains($"map.{b}.raw", tensors.Tensors.Keys);
    }

    [Fact]
    public void Words_say_what_each_model_answers_and_how_alike_the_maps_are()
    {
        var words = CliRun
            .Successful("compare", cat, "--models", vim, "--models", deit, "--method", "input-x-gradient", "--out", folder.File("a.png"))
            .Out;
        Assert.Contains("chelsea.png to vim-micro:", words, StringComparison.Ordinal);
        Assert.Contains("chelsea.png to deit-micro:", words, StringComparison.Ordinal);
        Assert.Contains("How alike", words, StringComparison.Ordinal);
        Assert.Contains("wrote", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "INPUT is missing", "compare")]
    [InlineData(1, "two or more", "compare a.png --models VIM")]
    [InlineData(1, "named twice", "compare a.png --models VIM,VIM")]
    [InlineData(1, "no method grad-camel", "compare CAT --models VIM,DEIT --method grad-camel --out OUT")]
    [InlineData(1, "--mode changes nothing about mamba-lrp", "compare CAT --models VIM,DEIT --mode paper --method mamba-lrp --out OUT")]
    [InlineData(1, ".png", "compare CAT --models VIM,DEIT --matrices a.jpg")]
    [InlineData(1, "another name", "compare CAT --models VIM,DEIT --out OUT --matrices OUT")]
    [InlineData(1, "--matrices", "compare CAT --models VIM,DEIT --first-tokens 9")]
    [InlineData(2, "deit-micro: class 10 does not exist", "compare CAT --models DEIT,VIM --target 10 --out OUT")]
    [InlineData(2, "nothing.png", "compare nothing.png --models VIM,DEIT --out OUT")]
    public void Wrong_command_lines_say_what_is_wrong(int exitCode, string said, string line)
        => CliRun
            .Of([
                .. line.Replace("VIM", vim, StringComparison.Ordinal)
                    .Replace("DEIT", deit, StringComparison.Ordinal)
                    .Split(' ')
                    .Select(word =>
                        word switch
                        {
                            "CAT" => cat,
                            "OUT" => folder.File("a.png"),
                            _ => word,
                        }),
            ])
            .AssertFailed(exitCode, said);

    [Fact]
    public void Each_model_runs_what_it_can_and_its_own_standard()
    {
        var saved = folder.File("a.safetensors");
        string[] line = ["compare", cat, "--models", $"{vim},{deit}", "--save", saved, "--out", folder.File("a.png"), "--force", "--json"];
        var mixed = CliRun.Successful([.. line, "--method", "mamba-lrp,raw.paper,attn-lrp"]);
        Assert.Contains("mamba-lrp is not run on deit-micro", mixed.Error, StringComparison.Ordinal);
        var models = JsonNode.Parse(mixed.Out)!["models"]!.AsArray();
        Assert.Equal(["mamba-lrp", "raw.paper"], models[0]!["maps"]!.AsArray().Select(map => (string?)map!["asked"]));
        Assert.Equal(["attn-lrp"], models[0]!["cannot"]!.AsArray().Select(name => (string?)name));
        Assert.Equal(["mamba-lrp", "raw.paper"], models[1]!["cannot"]!.AsArray().Select(name => (string?)name));

        var modes = JsonNode.Parse(CliRun.Successful([.. line, "--method", "raw", "--mode", "exact,paper"]).Out)!["models"]!.AsArray();
        Assert.Equal(["raw.exact", "raw.paper"], modes[0]!["maps"]!.AsArray().Select(map => (string?)map!["asked"]));
        Assert.Single(modes[1]!["maps"]!.AsArray());

        var standard = JsonNode.Parse(CliRun.Successful(line).Out)!["models"]!.AsArray();
        Assert.Equal("mamba-lrp", (string?)standard[0]!["maps"]![0]!["method"]);
        Assert.NotEqual("mamba-lrp", (string?)standard[1]!["maps"]![0]!["method"]);
        Assert.All(standard, model => Assert.Contains("the standard for", (string?)model!["methods_because"], StringComparison.Ordinal));
    }

    [Fact]
    public void An_existing_picture_is_not_replaced_unasked()
    {
        var sheet = folder.File("a.png");
        File.WriteAllText(sheet, "mine");
        CliRun.Of("compare", cat, "--models", $"{vim},{deit}", "--method", "raw", "--matrices", sheet).AssertFailed(2, "a.png", "--force");
        Assert.Equal("mine", File.ReadAllText(sheet));
    }
}
