using System.Text.Json.Nodes;
using Mambascope.Tests.Evaluation.Texts;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

/// <summary>Tests of text from the command line: tables, interruptions, threads and shards, slices, reports, refusals.</summary>
public sealed class EvaluateTextCommandLineTests : IDisposable
{
    private static readonly string[] tests = ["planted", "perturbation", "faithfulness", "rationales", "minimal-pairs"];
    private readonly SmallByteModels models = new();

    public static TheoryData<string> Tests => [.. tests];

    public void Dispose() => models.Dispose();

    [Theory]
    [MemberData(nameof(Tests))]
    public void Two_models_side_by_side_with_controls_files_and_a_report(string test)
    {
        var result = Json([.. Line(test), "--out", models.File("out")]);
        var rows = result["results"]!.AsArray();
        string[] truth = test is "perturbation" or "faithfulness" ? [] : ["oracle"];
        Assert.Equal(
            [
                "raw.exact", "attribution.exact", "input-x-gradient", "random", "most-recent", .. truth, "raw",
                "transformer-attribution", "input-x-gradient", "random", "most-recent", .. truth,
            ],
            rows.Select(row => (string?)row!["method"]));
        Assert.Equal((int)result["questions"]!, (int)result["finished_questions"]!);
        Assert.All(rows, row => Assert.Equal((int)result["questions"]!, (int)row!["questions"]!));
        Assert.All(["results.jsonl", $"text-{test}.csv", $"text-{test}.json", $"text-{test}.parquet", "report.html"], file =>
            Assert.True(File.Exists(Path.Combine(models.File("out"), file)), file));
        var report = File.ReadAllText(Path.Combine(models.File("out"), "report.html"));
        Assert.Contains("tiny-mamba: best, median and worst question", report, StringComparison.Ordinal);
        Assert.Contains("tiny-neox", report, StringComparison.Ordinal);
        Assert.StartsWith(
            "{\"question\":0,\"id\":", File.ReadAllLines(Path.Combine(models.File("out"), "results.jsonl"))[1], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Tests))]
    public void Threads_shards_and_cuts_do_not_change_a_byte(string test)
    {
        var line = Line(test);
        CliRun.Successful([.. line, "--threads", "1", "--out", models.File("one")]);
        var expected = File.ReadAllBytes(Results("one"));
        foreach (var threads in new[] { "2", "4" })
        {
            CliRun.Successful([.. line, "--threads", threads, "--out", models.File("more"), "--force"]);
            Assert.Equal(expected, File.ReadAllBytes(Results("more")));
        }

        foreach (var share in new[] { 0.02, 0.4, 0.97 })
        {
            File.WriteAllBytes(Results("more"), expected[..(int)(share * expected.Length)]);
            CliRun.Successful([.. line, "--threads", "2", "--out", models.File("more"), "--resume"]);
            Assert.Equal(expected, File.ReadAllBytes(Results("more")));
        }

        CliRun.Successful([.. line, "--shard", "0/2", "--out", models.File("a")]);
        CliRun.Successful([.. line, "--shard", "1/2", "--out", models.File("b")]);
        CliRun.Successful("evaluate", "merge", models.File("b"), models.File("a"), "--out", models.File("merged"));
        Assert.Equal(expected, File.ReadAllBytes(Results("merged")));
        Assert.Equal(
            File.ReadAllBytes(models.File($"one/text-{test}.parquet")), File.ReadAllBytes(models.File($"merged/text-{test}.parquet")));
        var summary = CliRun.Successful("evaluate", "summary", models.File("merged"), "--slice", "prediction").Out;
        Assert.Contains($"text-{test}", summary, StringComparison.Ordinal);
        Assert.Contains("By prediction", summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_are_sliced_by_their_columns()
    {
        var result = Json([.. Line("minimal-pairs"), "--slice", "UID", "--begin", "."]);
        Assert.Contains("noun_2", result["slices"]!.AsArray().Select(slice => (string?)slice!["slice"]));
        // No figure that could be ranked: its evidence is not known.
        Assert.DoesNotContain("gender", result["slices"]!.AsArray().Select(slice => (string?)slice!["slice"]));
        Assert.EndsWith("after '.'", (string?)result["data"], StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_explained_and_what_stands_for_a_token_is_written_down()
    {
        var windows = Json([.. Line("perturbation"), "--explain", "true", "--substitute", "."]);
        Assert.Equal(("true", "token:."), ((string?)windows["explained"], (string?)windows["options"]!["substitute"]));
        Assert.Equal("predicted", (string?)Json(Line("perturbation"))["explained"]);
        Assert.Equal("true", (string?)Json(Line("planted"))["explained"]);
        Assert.Equal("drop", (string?)Json(Line("faithfulness"))["options"]!["substitute"]);
        var questions = Json([.. Line("perturbation"), "--questions", "2"]);
        Assert.Equal(2, (int)questions["questions"]!);
        Assert.Contains("2 of 4, spread evenly", (string?)questions["data"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_that_is_named_twice_is_measured_once()
    {
        var rows = Json([.. Line("planted"), "--method", "attribution,transformer-attribution"])["results"]!.AsArray();
        Assert.Single(rows, row => (string?)row!["method"] == "transformer-attribution");
        Assert.Single(rows.Select(row => (int)row!["questions"]!).Distinct());
    }

    [Fact]
    public void A_method_is_measured_on_the_model_that_it_explains()
    {
        var run = CliRun.Successful([.. Line("planted"), "--method", "mamba-lrp"]);
        Assert.Contains("mamba-lrp is not measured on tiny-neox", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evaluate text", 1, "evaluate text by what?", "minimal-pairs")]
    [InlineData("evaluate text guessing", 1, "see mambascope evaluate text --help")]
    [InlineData("evaluate text planted --model M", 1, "--data is missing")]
    [InlineData("evaluate text planted --data selective-copying:0 --model M", 2, "selective-copying:COUNT")]
    [InlineData("evaluate text planted --data DIR/nothing.jsonl --model M", 2, "nothing.jsonl", "BLiMP")]
    [InlineData("evaluate text planted --data induction:2 --model random:mamba-130m", 2, "bytes", "mamba-130m")]
    [InlineData("evaluate text planted --data induction:2 --model M --resume", 1, "--out")]
    [InlineData("evaluate text planted --data induction:2 --model M --shard 2/2", 1, "--shard 2/2")]
    [InlineData("evaluate text planted --data induction:2 --model M --method raw.official", 2, "official")]
    [InlineData("evaluate text planted --data induction:2 --model M --method lime", 1, "lime")]
    [InlineData("evaluate text planted --data induction:2 --model M --precision double", 1, "single precision")]
    [InlineData("evaluate text planted --data induction:2 --model M --model M", 1, "two models are called tiny-mamba")]
    [InlineData("evaluate text minimal-pairs --data induction:2 --model M", 2, "BLiMP")]
    [InlineData("evaluate text rationales --data DIR/play.txt --window 6 --model M", 2, "which tokens matter")]
    [InlineData("evaluate text rationales --data induction:2 --model M --k 50,20", 1, "--k 50,20", "rising")]
    [InlineData("evaluate text rationales --data induction:2 --model M --answers POS", 1, "CLASS=TEXT")]
    [InlineData("evaluate text perturbation --data induction:2 --model M --substitute drop", 1, "--substitute drop")]
    [InlineData("evaluate text perturbation --data induction:2 --model M --substitute several", 2, "several", "exactly one")]
    [InlineData("evaluate text perturbation --data DIR/play.txt --window 5000 --model M", 2, "windows of 5000")]
    [InlineData("evaluate text planted --data induction:2 --model M --slice site", 2, "--slice site")]
    public void What_cannot_be_done_is_one_clear_line(string line, int exitCode, params string[] said)
    {
        models.Write("play.txt", "a short play");
        CliRun
            .Of([
                .. line.Split(' ')
                    .Select(word => word == "M" ? models.Mamba : word.Replace("DIR", models.File("."), StringComparison.Ordinal)),
            ])
            .AssertFailed(exitCode, said);
    }

    [Fact]
    public void A_damaged_file_of_results_is_refused()
    {
        CliRun.Successful([.. Line("planted"), "--out", models.File("out")]);
        var text = File.ReadAllText(Results("out"));
        File.WriteAllText(Results("out"), text.Replace("{\"question\":1,", "{\"question\":3,", StringComparison.Ordinal));
        CliRun
            .Of([.. Line("planted"), "--out", models.File("out"), "--resume"])
            .AssertFailed(2, "the result of question 3 where question 1 was expected");
        File.WriteAllText(Results("out"), text.Replace("{\"question\":1,", "{", StringComparison.Ordinal));
        CliRun.Of("evaluate", "summary", models.File("out")).AssertFailed(2, "a field is missing");
        File.WriteAllText(Results("out"), text.Replace("text-planted", "text-guessing", StringComparison.Ordinal));
        CliRun.Of("evaluate", "summary", models.File("out")).AssertFailed(2, "text-guessing", "text-perturbation");
    }

    [Fact]
    public void Help_says_what_stands_for_a_class()
    {
        var help = CliRun.Successful("evaluate", "text", "rationales", "--help").Out;
        Assert.Contains("A language model has no classes", help, StringComparison.Ordinal);
        Assert.Contains("mambascope evaluate text rationales --data", help, StringComparison.Ordinal);
        Assert.Contains("minimal-pairs", CliRun.Successful("evaluate", "text", "--help").Out, StringComparison.Ordinal);
    }

    private string Results(string folder) => models.File(Path.Combine(folder, "results.jsonl"));

    private string[] Line(string test) =>
        [
            "evaluate", "text", test, "--model", models.Mamba, "--model", models.Transformer, "--method",
            "raw,attribution,input-x-gradient",
            .. test switch
            {
                "perturbation" => new[]
                {
                    "--data",
                    models.Write("play.txt", string.Concat(Enumerable.Range(0, 40).Select(i => $"line {i}, so much; "))),
                    "--windows",
                    "4",
                    "--window",
                    "24",
                },
                "faithfulness" =>
                [
                    "--data",
                    models.Write(
                        "texts.jsonl",
                        "{\"text\": \"once upon\"}\n{\"text\": \"a time\"}\n{\"text\": \"there was\", \"site\": \"x\"}"),
                ],
                "rationales" => ["--data", Rationales(), "--prompt", " so {query} ", "--answers", "POS=p,NEG=n"],
                "minimal-pairs" =>
                [
                    "--data",
                    models.Write("pairs.jsonl", $"{SmallTexts.TwoPrefixes}\n{SmallTexts.OnePrefix}\n{SmallTexts.Sentences}\n"),
                ],
                _ => ["--data", "selective-copying:4"],
            },
        ];

    private string Rationales()
    {
        models.Write("movies/docs/one", "it is a fine film .\n  joy .");
        models.Write("movies/docs/two", "a dull film");
        return models.Write("movies/val.jsonl", $"{SmallTexts.Film}\n{SmallTexts.Bore}\n");
    }

    private static JsonNode Json(params string[] args) => JsonNode.Parse(CliRun.Successful([.. args, "--json"]).Out)!;
}
