using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Cli;
using Mambascope.Imaging;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Models.Series;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>The verbs that read series and tables, from file to picture.</summary>
public sealed class SeriesCommandLineTests : IDisposable
{
    private const string Two = "id,time,heart,breath,label\na,0,1,2,well\na,0.5,3,,well\na,1,2,1,well\nb,0,0,0,sick\nb,0.5,1,1,sick\n";

    private readonly TemporaryFolder folder = new();
    private readonly TemporaryFolder steps = new();
    private readonly TemporaryFolder columns = new();

    public SeriesCommandLineTests()
    {
        SeriesClassifierTests.Write(steps, TinySeries.Create("scan"));
        SeriesClassifierTests.Write(columns, TinySeries.Create("table"));
    }

    public void Dispose()
    {
        folder.Dispose();
        steps.Dispose();
        columns.Dispose();
    }

    [Fact]
    public void Series_whose_cause_is_known_are_explained_by_name_into_a_file_of_a_plain_name()
    {
        Assert.Equal("motifs-24-test-4.explained.png", OutputFile.Beside("motifs:24:test-4.ts", ".explained.png"));
        var said = CliRun.Successful(
            "explain", "motifs:24#4", "--model", "demo-motifs", "--out", folder.File("why.png")).Out;
        Assert.Contains("labelled: wave", said, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("why.png")));
        CliRun.Of("run", "ecg:absent.npz#0", "--model", "demo-motifs").AssertFailed(2, "absent.npz");
        CliRun.Of("run", "motifs:0#0", "--model", "demo-motifs").AssertFailed(2, "motifs:COUNT");
    }

    [Fact]
    public void Info_says_what_the_model_reads()
    {
        var told = CliRun.Successful("info", steps.Path).Out;
        Assert.Contains("series of 2 channels (heart (mV), breath), of any length", told, StringComparison.Ordinal);
        Assert.Contains("input-x-gradient", told, StringComparison.Ordinal);
        Assert.DoesNotContain("official", told, StringComparison.Ordinal);
        Assert.Contains(
            "rows of a table with 3 columns (age, sex, weight (kg))",
            CliRun.Successful("info", columns.Path).Out,
            StringComparison.Ordinal);
        Assert.Contains("at most 12 steps", Info("patches"), StringComparison.Ordinal);

        string Info(string kind)
        {
            using var other = new TemporaryFolder();
            SeriesClassifierTests.Write(other, TinySeries.Create(kind));
            return CliRun.Successful("info", other.Path).Out;
        }
    }

    [Fact]
    public void Run_answers_every_case_of_a_file_and_counts_those_that_are_as_labelled()
    {
        var file = folder.Write("two.csv", Two);
        var all = CliRun.Successful("run", file, "--model", steps.Path).Out;
        Assert.Contains("two.csv#a", all, StringComparison.Ordinal);
        Assert.Matches(@"as labelled: \d of 2", all);
        var one = CliRun.Successful("run", file + "#a", "--model", steps.Path).Out;
        Assert.Contains("two.csv#a (3 steps of 2 channels)", one, StringComparison.Ordinal);
        Assert.Contains("1 missing value filled in with the value before", one, StringComparison.Ordinal);
        var json = JsonNode.Parse(CliRun.Successful("run", file + "#b", "--model", steps.Path, "--json").Out)!;
        Assert.Equal("sick", (string?)json["series"]!["label"]);
        Assert.Equal(2, (int)json["series"]!["steps"]!);
    }

    [Fact]
    public void Explain_draws_curves_and_saves_relevance_of_every_value()
    {
        var (file, picture, tensors) = (folder.Write("two.csv", Two), folder.File("a.png"), folder.File("a.safetensors"));
        var told = CliRun.Successful(
            "explain", file + "#a", "--model", steps.Path, "--method", "mamba-lrp", "--method", "rollout", "--out", picture,
            "--save", tensors).Out;
        Assert.Contains("most relevant: time", told, StringComparison.Ordinal);
        Assert.Contains("most of it in", told, StringComparison.Ordinal);
        var drawn = ImageFile.Decode(picture);
        Assert.True(drawn.Width > 1000 && drawn.Height > 600, $"{drawn.Width} x {drawn.Height}");
        Assert.True(drawn.Pixels.Distinct().Count() > 100, "curves, strips and bars have more colours");
        using var saved = Checkpoint.Open(tensors);
        Assert.Equal([3L, 2], saved.Find("input_map.mamba-lrp").Shape.Select(n => (long)n));
        Assert.Equal([3L], saved.Find("map.rollout.exact").Shape.Select(n => (long)n));
        Assert.Equal([1, 2, 3, 2, 2, 1], saved.ReadSingles("values"));
    }

    [Fact]
    public void Explain_draws_bars_for_the_columns_of_a_table()
    {
        var (file, picture) = (folder.Write("rows.csv", "age,sex,weight\n40,male,NA\n"), folder.File("b.png"));
        var told = CliRun.Successful("explain", file, "--model", columns.Path, "--method", "input-x-gradient", "--out", picture).Out;
        Assert.Contains("sex (male)", told, StringComparison.Ordinal);
        Assert.Contains("1 missing value", told, StringComparison.Ordinal);
        Assert.True(ImageFile.Decode(picture).Height > 200);
    }

    [Fact]
    public void Explain_makes_one_page_of_several_cases()
    {
        var (file, page) = (folder.Write("two.csv", Two), folder.File("all.html"));
        CliRun.Successful("explain", file, "--model", steps.Path, "--out", page);
        var html = File.ReadAllText(page);
        Assert.Contains("two.csv#a", html, StringComparison.Ordinal);
        Assert.Equal(2, html.Split("data:image/png").Length - 1);
    }

    [Fact]
    public void Explain_prints_a_document_with_relevance_of_every_value()
    {
        var file = folder.Write("two.csv", Two);
        var json = JsonNode.Parse(CliRun.Successful(
            "explain", file + "#b", "--model", steps.Path, "--method", "mamba-lrp", "--json", "--out", folder.File("c.png")).Out)!;
        var map = json["maps"]![0]!;
        Assert.Equal(2, map["values"]!.AsArray().Count);
        Assert.Equal(2, map["input_values"]!.AsArray()[0]!.AsArray().Count);
        Assert.Equal(["mV", null], json["series"]!["units"]!.AsArray().Select(unit => (string?)unit));
        Assert.True((bool)json["checks"]!["passed"]!);
    }

    [Fact]
    public void Evaluations_are_of_files_and_of_planted_truth()
    {
        var file = folder.Write("two.csv", Two);
        var told = CliRun.Successful(
            "evaluate", "series", "perturbation", "--data", file, "--model", steps.Path, "--method", "mamba-lrp",
            "--substitute", "previous",
            "--out", folder.File("results")).Out;
        Assert.Contains("most-varying", told, StringComparison.Ordinal);
        Assert.Contains("the value before it", File.ReadAllText(folder.File("results/report.html")), StringComparison.Ordinal);
        CliRun.Of("evaluate", "series", "planted", "--data", file, "--model", steps.Path, "--method", "mamba-lrp")
            .AssertFailed(2, "does not say which steps matter", "motifs:500");
        CliRun.Of("evaluate", "series", "planted", "--data", "motifs:3", "--model", steps.Path, "--method", "mamba-lrp")
            .AssertFailed(2, "motifs:3:test has value");
        CliRun.Of("evaluate", "series", "planted", "--data", "motifs:3").AssertFailed(1, "--model is missing");
        CliRun.Of("evaluate", "series", "perturbation", "--model", steps.Path).AssertFailed(1, "--data is missing", "motifs:COUNT");
    }

    [Fact]
    public void Explain_says_how_much_of_a_map_is_left_with_shuffled_weights()
    {
        var file = folder.Write("two.csv", Two);
        var told = CliRun.Successful(
            "explain", file + "#a", "--model", steps.Path, "--method", "mamba-lrp", "--sanity", "--out", folder.File("s.png")).Out;
        Assert.Contains("weights shuffled", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Attention_is_of_steps_by_steps_or_columns_by_columns()
    {
        var (file, matrix) = (folder.Write("two.csv", Two), folder.File("m.npy"));
        CliRun.Successful("attention", file + "#a", "--model", steps.Path, "--layer", "1", "--out", matrix);
        Assert.Equal([3, 3], NpyReader.Read<float>(matrix).Shape);
        var rows = folder.Write("rows.csv", "age,sex,weight\n40,male,NA\n");
        CliRun.Successful("attention", rows, "--model", columns.Path, "--layer", "0", "--out", folder.File("m.png"));
        Assert.True(ImageFile.Decode(folder.File("m.png")).Width > 500);
    }

    [Theory]
    [InlineData("run FILE", "holds measurements, and the model that ships reads none")]
    [InlineData("explain FILE --model demo-vim", "holds measurements, and demo-vim reads none")]
    [InlineData("explain FILE#c --model STEPS", "has no case c; it has cases 0 to 1, called a, b")]
    [InlineData("explain picture.png --model STEPS", "picture.png holds no series")]
    [InlineData("explain FILE --model STEPS --against 1", "--against is for text")]
    [InlineData("explain FILE#a --model STEPS --mask m.png", "--mask and --boxes are of pictures")]
    [InlineData("explain FILE#a --model STEPS --mode official", "--mode official")]
    [InlineData("explain FILE#a --model STEPS --target 9", "class 9 does not exist")]
    [InlineData("explain --text abc --model STEPS", "--text is for language models")]
    [InlineData("run --model STEPS", "INPUT is missing")]
    [InlineData("run FILE --model STEPS --generate 3", "--generate is for language models")]
    [InlineData("run FILE --model STEPS --mean 0", "--mean is for pictures")]
    [InlineData("run FILE --model COLUMNS", "has no column age")]
    [InlineData("run absent.csv --model STEPS", "was not found")]
    [InlineData("attention FILE --model STEPS --layer 0", "attention takes one case, and 2 were given")]
    [InlineData("attention FILE#a --model STEPS --layer 0 --token 1,2", "steps of a series are counted with one number")]
    [InlineData("knockout FILE --model STEPS", "reads series, and knockout does not")]
    [InlineData("bench --model random:series-tiny", "is the preset of a model of series")]
    [InlineData("run picture.png --layout long", "--layout is for series and tables")]
    public void What_does_not_go_is_refused_in_one_line(string line, string says)
    {
        var file = folder.Write("two.csv", Two);
        string Word(string word) => word
            .Replace("FILE", file, StringComparison.Ordinal)
            .Replace("STEPS", steps.Path, StringComparison.Ordinal)
            .Replace("COLUMNS", columns.Path, StringComparison.Ordinal);
        var run = CliRun.Of([.. line.Split(' ').Select(Word)]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }
}
