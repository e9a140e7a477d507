using System.Text.Json.Nodes;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Published;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>
/// Figures of follow-up papers beside ours, on small models and data in the true formats; what is not named is asked for.
/// </summary>
public sealed class FollowUpVerbTests : IDisposable
{
    private const string Arc =
        """{"id":"1","question":{"stem":"Which is hot?","choices":[{"text":"ice","label":"A"},{"text":"sun","label":"B"}]},"answerKey":"B"}""";
    private readonly SmallByteModels models = new();

    public static TheoryData<string> Papers => ["arc-easy", "uia", "mamba-lrp"];

    public void Dispose() => models.Dispose();

    [Theory]
    [MemberData(nameof(Papers))]
    public void What_is_not_named_is_asked_for(string paper)
    {
        var run = CliRun.Of("evaluate", "reproduce", paper);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("published at", run.Out, StringComparison.Ordinal);
        Assert.Contains("name --model", run.Error, StringComparison.Ordinal);
        var json = CliRun.Of("evaluate", "reproduce", paper, "--model", models.Mamba, "--json");
        var document = JsonNode.Parse(json.Out)!.AsObject();
        JsonSchema.Check(document, "evaluate reproduce");
        Assert.Equal("--data", (string?)Assert.Single(document["missing"]!.AsArray())!["option"]);
    }

    [Fact]
    public void Arc_easy_beside_the_papers_figures()
    {
        var run = CliRun.Successful(
            "evaluate", "reproduce", "arc-easy", "--line", "mamba-2.8b", "--model", models.Mamba, "--data",
            models.Write("arc.jsonl", Arc + "\n"),
            "--method", "attribution,input-x-gradient", "--out", models.File("out"));
        Assert.Contains("log-likelihood of each answer", run.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        var rows = Rows("out");
        Assert.Equal(12, rows.Count);
        var own = rows.Where(row => row!["ours"] is not null).ToArray();
        Assert.Equal(["auac", "au_mse"], own.Select(row => (string?)row!["figure"]));
        Assert.All(own, row => Assert.Equal(("mamba-2.8b", "attribution.exact"), ((string?)row!["line"], (string?)row["method"])));
        Assert.Equal((double)own[0]!["ours"]! - 0.918, (double)own[0]!["difference"]!, 1e-9);
    }

    [Fact]
    public void Mamba_lrp_on_sentiment()
    {
        CliRun.Successful(
            "evaluate", "reproduce", "mamba-lrp", "--model", models.Mamba, "--data",
            models.Write("dev.tsv", "sentence\tlabel\na fine film\t1\nbad\t0\n"),
            "--method", "mamba-lrp,attribution", "--out", models.File("out"));
        var own = Rows("out").Where(row => row!["ours"] is not null).ToArray();
        Assert.Equal(["mamba-lrp", "attribution.exact"], own.Select(row => (string?)row!["method"]));
        Assert.All(own, row => Assert.Equal((2, "sst-2"), ((int)row!["cases"]!, (string?)row["line"])));
    }

    [Fact]
    public void Unified_attention_on_the_miniature_of_its_data()
    {
        CliRun.Successful(
            "evaluate", "reproduce", "uia", "--model", Golden.Path("vim-micro"), "--data",
            Golden.Path("imagenet-segmentation-mini", "gtsegs_mini.mat"), "--method", "attribution,attribution+start-layer=1", "--out",
            models.File("out"));
        Assert.Equal(6, Rows("out").Count(row => row!["ours"] is not null));
    }

    [Fact]
    public void Every_figure_of_the_papers_is_one_of_the_measures()
    {
        foreach (var (table, measure) in new[]
        {
            (FollowUpTables.ArcEasy, "text-perturbation"), (FollowUpTables.MambaLrp, "text-faithfulness"),
            (FollowUpTables.UnifiedAttention, "segmentation"),
        })
        {
            var figures = MeasureRegistry.Standard(measure).Figures.Select(figure => figure.Name);
            Assert.All(table.Values, value => Assert.Contains(value.Figure, figures));
        }
    }

    private JsonArray Rows(string folder)
    {
        var read = JsonNode.Parse(File.ReadAllText(Path.Combine(models.File(folder), "published.json")))!;
        return read as JsonArray ?? read["rows"]!.AsArray();
    }
}
