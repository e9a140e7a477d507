using System.Text.Json.Nodes;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>compare and evaluate open models with what explain takes to open one, for all of them or for one.</summary>
public sealed class ModelsOptionsTests : IDisposable
{
    private static readonly string scene = Path.Combine(Repository.Root, "samples", "two-items.png");
    private static readonly string vim = Golden.Path("vim-micro");
    private readonly TemporaryFolder folder = new();
    private readonly string weights;

    public ModelsOptionsTests()
    {
        // A transformer's weights alone: their shapes do not tell the heads.
        weights = folder.File("bare.safetensors");
        File.Copy(Path.Combine(Golden.Path("deit-micro"), "model.safetensors"), weights);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_the_files_do_not_say_is_said_of_one_model_or_of_all()
    {
        string[] bare = ["compare", scene, "--models", $"{vim},{weights}", "--out", folder.File("a.png"), "--force"];
        string[] line = [.. bare, "--json"];
        CliRun.Of([.. bare, "--heads", "2"]).AssertFailed(2, "num_attention_heads says nothing of a Vision Mamba");
        var two = Top(CliRun.Successful([.. line, "--heads", $"{weights}:2"]));
        var one = Top(CliRun.Successful([.. line, "--config", $"{weights}:num_attention_heads=1"]));
        Assert.Equal(two[0], one[0]); // of the Vision Mamba nothing was said
        Assert.NotEqual(two[1], one[1]);

        var alone = JsonNode.Parse(CliRun.Successful(
            "explain", scene, "--model", weights, "--heads", "2", "--out", folder.File("b.png"), "--force", "--json").Out)!["top"];
        Assert.Equal(alone!.ToJsonString(), two[1]);
    }

    [Fact]
    public void Labels_and_normalisation_are_taken_for_all()
    {
        var labels = folder.File("labels.txt");
        File.WriteAllLines(labels, Enumerable.Range(0, 1000).Select(i => $"thing {i}"));
        string[] models = ["--models", "random:vim-tiny,random:deit-tiny"];
        var run = CliRun.Successful(
            ["compare", scene, .. models, "--labels", labels, "--mean", "0.5", "--std", "random:deit-tiny:0.25,0.25,0.25", "--preprocess",
            "squash", "--method", "input-x-gradient", "--out", folder.File("a.png"), "--json"]);
        var both = JsonNode.Parse(run.Out)!["models"]!.AsArray();
        Assert.All(both, model => Assert.StartsWith("thing ", (string)model!["top"]![0]!["label"]!, StringComparison.Ordinal));
        Assert.All(both, model => Assert.Equal(0.5, (double)model!["preprocessing"]!["mean"]![0]!, 1e-6));
        Assert.Equal(0.25, (double)both[1]!["preprocessing"]!["std"]![0]!, 1e-6);
        Assert.NotEqual(0.25, (double)both[0]!["preprocessing"]!["std"]![0]!, 1e-6);
    }

    [Fact]
    public void Evaluations_open_their_models_so_too_and_results_are_another_runs()
    {
        string[] line =
        [
            "evaluate", "complexity", "--data", "fashion-scenes:test:1", "--model", weights, "--method", "input-x-gradient",
        ];
        var two = CliRun.Successful([.. line, "--heads", "2", "--out", folder.File("out"), "--json"]);
        Assert.NotEqual(
            JsonNode.Parse(two.Out)!["results"]![0]!.ToJsonString(),
            JsonNode.Parse(CliRun.Successful([.. line, "--heads", "1", "--json"]).Out)!["results"]![0]!.ToJsonString());
        CliRun.Of([.. line, "--heads", "1", "--out", folder.File("out"), "--resume"]).AssertFailed(2, "bare");
    }

    [Fact]
    public void Other_forms_are_one_line()
    {
        string[] line = ["compare", scene, "--models", $"{vim},{weights}"];
        CliRun.Of([.. line, "--heads", "other:2"]).AssertFailed(1, "--heads other:2", "MODEL: and that");
        CliRun.Of([.. line, "--mean", "a"]).AssertFailed(1, "--mean a", "one number, or three");
        CliRun.Of([.. line, "--preprocess", "a"]).AssertFailed(1, "--preprocess a", "expected one of");
        CliRun.Of([.. line, "--config", "a"]).AssertFailed(1, "--config a", "KEY=VALUE");
        CliRun.Of("evaluate", "complexity", "--preprocess", "deit")
            .AssertFailed(1, "no option --preprocess", "see mambascope evaluate complexity --help");
    }

    private static string[] Top(CliRun run)
        => [.. JsonNode.Parse(run.Out)!["models"]!.AsArray().Select(model => model!["top"]!.ToJsonString())];
}
