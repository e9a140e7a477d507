using System.Text.Json.Nodes;
using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Images;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Evaluation.Datasets;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>evaluate audit, erasers and pointing --erase, on the shipped model and a few scenes.</summary>
public sealed class AuditCommandLineTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_audit_cuts_by_every_column_and_writes_a_page()
    {
        var columns = folder.File("columns.csv");
        File.WriteAllLines(
            columns, ["name,site,device", .. Enumerable.Range(0, 14).Select(i => $"test/{i},{(i % 2 == 0 ? "north" : "south")},d{i / 7}")]);
        string[] line =
        [
            "evaluate", "audit", "--data", "fashion-scenes:test:14", "--method", "mamba-lrp,input-x-gradient", "--columns", columns,
            "--samples", "2",
        ];
        var result = JsonNode.Parse(CliRun.Successful([.. line, "--out", folder.File("audit"), "--json"]).Out)!;
        var rows = result["results"]!.AsArray();
        foreach (var figure in new[] { "accuracy", "calibration_error", "copies_accuracy", "max_sensitivity", "outside", "negative_auc" })
        {
            Assert.All(rows, row => Assert.InRange((double)row![figure]!, 0, 90));
        }

        Assert.Equal((double)rows[0]!["accuracy"]!, (double)rows[1]!["accuracy"]!);
        Assert.NotEqual((double)rows[0]!["max_sensitivity"]!, (double)rows[1]!["max_sensitivity"]!);
        var slices = result["slices"]!.AsArray().Select(slice => (string)slice!["slice"]!).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(["device d0", "device d1", "site north", "site south"], slices);
        var page = File.ReadAllText(Path.Combine(folder.File("audit"), "audit.html"));
        Assert.All(["By site", "By device", "north", "In short", "How to read it"], words =>
            Assert.Contains(words, page, StringComparison.Ordinal));
        Assert.Contains("By site", CliRun.Successful([.. line, "--slice", "site"]).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_that_the_model_gets_wrong_is_found()
    {
        // The labels of one group are exchanged, so that the model is never right there.
        var (columns, labels) = (folder.File("columns.csv"), folder.File("labels.csv"));
        var scenes = Enumerable.Range(0, 20).Select(i => FashionScenes.Test().Scene(i)).ToArray();
        foreach (var (i, scene) in scenes.Index())
        {
            folder.WritePicture($"data/{i}.png", new RgbImage(FashionScenes.Size, FashionScenes.Size, scene.Pixels));
        }

        File.WriteAllLines(columns, ["name,site", .. scenes.Select((_, i) => $"{i}.png,{(i < 10 ? "a" : "b")}")]);
        File.WriteAllLines(labels, scenes.Select((scene, i) => $"{i}.png,{(i < 10 ? scene.Label : (scene.Label + 4) % 8)}"));
        string[] line =
        [
            "evaluate", "audit", "--data", folder.File("data"), "--data-labels", labels, "--method", "mamba-lrp", "--samples", "1",
        ];
        CliRun.Successful([.. line, "--columns", columns, "--out", folder.File("audit")]);
        var page = File.ReadAllText(Path.Combine(folder.File("audit"), "audit.html"));
        Assert.Contains("site b (10 pictures): accuracy of demo-vim is ", page, StringComparison.Ordinal);
        Assert.Contains("which is worse", page, StringComparison.Ordinal);
        Assert.DoesNotContain("relevance outside the object of", page, StringComparison.Ordinal); // there are no masks
        Assert.DoesNotContain("audit.html", CliRun.Successful(line).Error, StringComparison.Ordinal); // nothing is kept
    }

    [Fact]
    public void Erasers_stand_beside_each_other_and_rank_where_they_agree()
    {
        string[] line = ["evaluate", "erasers", "--data", "fashion-scenes:test:8", "--method", "mamba-lrp,raw"];
        var result = JsonNode.Parse(CliRun.Successful([.. line, "--json"]).Out)!;
        var rows = result["results"]!.AsArray();
        string[] erasers = ["black", "mean", "blur", "road"];
        Assert.All(rows, row =>
        {
            Assert.Equal((double)row!["gain"]!, erasers.Average(eraser => (double)row[$"gain_{eraser}"]!), 1e-9);
            Assert.All(erasers, eraser => Assert.Equal(
                (double)row[$"gain_{eraser}"]!, (double)row[$"negative_{eraser}"]! - (double)row[$"positive_{eraser}"]!, 1e-9));
        });
        Assert.Equal(rows.Count, result["ranking"]!.AsArray().Count); // one ranking, not one an eraser
        Assert.Contains("raw.exact", result["cautions"]!.AsObject().Select(each => each.Key));

        // Black alone is the perturbation test.
        var black = JsonNode.Parse(CliRun.Successful(
            "evaluate", "perturbation", "--data", "fashion-scenes:test:8", "--method", "mamba-lrp,raw", "--json").Out)!["results"]!;
        Assert.Equal((double)black[0]!["negative_auc"]!, (double)rows[0]!["negative_black"]!, 1e-9);
        Assert.Equal((double)black[1]!["positive_auc"]!, (double)rows[1]!["positive_black"]!, 1e-9);
    }

    [Fact]
    public void Pointing_with_erasing_tells_what_knows_the_class()
    {
        var rows = JsonNode.Parse(CliRun.Successful(
            "evaluate", "pointing", "--erase", "--data", "fashion-scenes:two-items:8", "--method", "mamba-lrp,state-lrp", "--json").Out)!
            ["results"]!.AsArray();
        Assert.InRange((double)rows[0]!["own_over_other"]!, 0.75, 1);
        Assert.Equal(0.5, (double)rows[1]!["own_over_other"]!, 1e-9);
        Assert.True((double)rows[0]!["negative_auc"]! > (double)rows[1]!["negative_auc"]!);
    }

    [Fact]
    public void Options_of_a_method_stand_behind_its_name_or_on_the_line()
    {
        var rows = JsonNode.Parse(CliRun.Successful(
            "evaluate", "localisation", "--data", "fashion-scenes:test:3", "--method",
            "attribution,attribution+sign=absolute,mamba-lrp.picture-mean", "--method", "raw.paper", "--start-layer", "2", "--json").Out)!
            ["results"]!.AsArray();
        Assert.Equal(
            [
                "attribution.exact+start-layer=2", "attribution.exact+start-layer=2+sign=absolute", "mamba-lrp.picture-mean",
                "raw.paper+start-layer=2",
            ],
            rows.Select(row => (string)row!["method"]!).Take(4));
        Assert.NotEqual((double)rows[0]!["mass_accuracy"]!, (double)rows[1]!["mass_accuracy"]!);
        CliRun.Of("evaluate", "localisation", "--data", "fashion-scenes:test:2", "--method", "mamba-lrp", "--sign", "absolute")
            .AssertFailed(1, "--sign changes nothing about mamba-lrp");
        CliRun.Of("evaluate", "localisation", "--data", "fashion-scenes:test:2", "--method", "raw+colour=red")
            .AssertFailed(1, "expected +OPTION=VALUE behind the method");
        CliRun.Of("evaluate", "localisation", "--data", "fashion-scenes:test:2", "--method", "raw+sign=red")
            .AssertFailed(1, "option sign has no value 'red'");
    }
}
