using System.Text.Json.Nodes;
using Mambascope.Tests.Imaging;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>What was done to a picture is said by every verb that reads one, and can be said otherwise.</summary>
public sealed class PreprocessingCommandLineTests : IDisposable
{
    private static readonly string scene = Path.Combine(Repository.Root, "samples", "two-items.png");
    private static readonly string turned = Golden.Path("tiff", "orient6.tif");

    private readonly SmallModel model = new();
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("config.json of timm")]
    [InlineData("preprocessor_config.json")]
    public void The_configs_of_timm_and_of_transformers_lead_to_the_same_answer(string source)
    {
        File.Copy(Golden.Path("timm-config", "model.safetensors"), Path.Combine(folder, "model.safetensors"));
        File.Copy(Golden.Path("timm-config", "config.json"), Path.Combine(folder, "config.json"));
        if (source == "preprocessor_config.json")
        {
            File.Copy(Golden.Path("timm-config", source), Path.Combine(folder, source));
        }

        var run = Json("run", scene, "--model", folder);
        Assert.Equal(["b", "e"], run["top"]!.AsArray().Take(2).Select(answer => (string?)answer!["label"]));
        Assert.Equal([0.962, 0.038], run["top"]!.AsArray().Take(2).Select(answer => Math.Round((double)answer!["probability"]!, 3)));
        Assert.Equal(source, (string?)run["preprocessing"]!["sizes_from"]);
        Assert.Equal(source, (string?)run["preprocessing"]!["normalisation_from"]);
        Assert.Equal(17, (int)run["preprocessing"]!["resized"]!["width"]!);
        Assert.Equal("bicubic", (string?)run["preprocessing"]!["filter"]);
    }

    [Fact]
    public void Every_verb_says_what_was_done_and_from_where()
    {
        const string Said = "preprocessing: turned a quarter clockwise (EXIF 6), 2x4 resized to 36x72 (bicubic)";
        string[] common = [turned, "--model", model.Folder, "--force"];
        Assert.Contains(Said, CliRun.Successful("run", turned, "--model", model.Folder).Out, StringComparison.Ordinal);
        Assert.Contains(
            Said, CliRun.Successful(["explain", .. common, "--out", Path.Combine(folder, "e.png")]).Out, StringComparison.Ordinal);
        Assert.Contains("assumed", CliRun.Successful("info", model.Folder).Out, StringComparison.Ordinal);
        var attention = Json(["attention", .. common, "--layer", "0", "--out", Path.Combine(folder, "a.png")]);
        var explained = Json(["explain", .. common, "--out", Path.Combine(folder, "e.png")]);
        var compared = Json("compare", turned, "--models", $"{model.Folder},demo-vim", "--out", Path.Combine(folder, "c.png"));
        Assert.Equal(attention["preprocessing"]!.ToJsonString(), explained["preprocessing"]!.ToJsonString());
        Assert.Equal(attention["preprocessing"]!.ToJsonString(), compared["models"]![0]!["preprocessing"]!.ToJsonString());
        Assert.Contains("demo-vim", (string?)compared["models"]![1]!["model"], StringComparison.Ordinal);
        Assert.Equal("preprocessor_config.json", (string?)compared["models"]![1]!["preprocessing"]!["sizes_from"]);
    }

    [Fact]
    public void Numbers_that_are_normalised_already_were_not_preprocessed()
    {
        var input = model.Input();
        Assert.Null(Json("run", input, "--model", model.Folder)["preprocessing"]);
        Assert.Contains(
            "preprocessing: none, pixel_values as given", CliRun.Successful("run", input, "--model", model.Folder).Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Mean_deviation_and_sizes_can_be_said()
    {
        var run = Json("run", scene, "--model", model.Folder, "--mean", "0.5", "--std", "0.5,0.25,0.125", "--preprocess", "squash");
        var done = run["preprocessing"]!;
        Assert.Equal([0.5, 0.5, 0.5], done["mean"]!.AsArray().Select(value => (double)value!));
        Assert.Equal([0.5, 0.25, 0.125], done["std"]!.AsArray().Select(value => (double)value!));
        Assert.Equal(("preset squash", "given"), ((string?)done["sizes_from"], (string?)done["normalisation_from"]));
        var plain = Json("run", scene, "--model", model.Folder);
        Assert.NotEqual((double)plain["top"]![0]!["logit"]!, (double)run["top"]![0]!["logit"]!);

        CliRun.Of("run", scene, "--model", model.Folder, "--mean", "1,2").AssertFailed(1, "--mean 1,2", "one number, or three");
        CliRun.Of("run", scene, "--model", model.Folder, "--std", "0").AssertFailed(2, "deviations above 0");
        CliRun.Of("run", "--text", "a", "--mean", "0.5").AssertFailed(1, "--mean is for pictures");
        CliRun.Of("run", "--text", "a", "--as-stored").AssertFailed(1, "--as-stored is for pictures");
    }

    [Fact]
    public void A_picture_is_turned_upright_unless_asked_for_as_stored()
    {
        var (upright, stored) = (Json("run", turned), Json("run", turned, "--as-stored"));
        Assert.Equal((2, 4, 6), Original(upright));
        Assert.Equal((4, 2, 1), Original(stored));
        Assert.Contains("turned a quarter clockwise", (string?)upright["preprocessing"]!["notes"]![0], StringComparison.Ordinal);
        Assert.StartsWith("not turned", (string?)stored["preprocessing"]!["notes"]![0], StringComparison.Ordinal);

        static (int Width, int Height, int Orientation) Original(JsonNode run)
        {
            var done = run["preprocessing"]!;
            return ((int)done["original"]!["width"]!, (int)done["original"]!["height"]!, (int)done["exif_orientation"]!);
        }
    }

    [Fact]
    public void A_window_of_a_scan_can_be_chosen()
    {
        var file = Path.Combine(folder, "scan.dcm");
        File.WriteAllBytes(file, DicomTests.Grey16([500, 620, 700, 1500], 2, 2));
        var (wide, narrow) = (Json("run", file), Json("run", file, "--window-center", "600", "--window-width", "100"));
        Assert.NotEqual((double)wide["top"]![0]!["logit"]!, (double)narrow["top"]![0]!["logit"]!);
        Assert.Contains(
            narrow["preprocessing"]!["notes"]!.AsArray(), note => ((string)note!).Contains("600", StringComparison.Ordinal));
        CliRun.Of("run", file, "--window-width", "0").AssertFailed(2, "window");
    }

    private static JsonNode Json(params string[] line) => JsonNode.Parse(CliRun.Successful([.. line, "--json"]).Out)!;
}
