using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

public sealed class ContinuationCommandLineTests : IDisposable
{
    private const string Prompt = "To be, or";

    private readonly SmallLanguageModel model = new();

    public void Dispose() => model.Dispose();

    [Fact]
    public void Each_row_is_what_the_library_says_of_that_step()
    {
        var report = Json("continuation", "--text", Prompt, "--generate", "6", "--method", "input-x-gradient");
        var tokens = report["tokens"]!.AsArray().Select(token => (int)token!["id"]!).ToArray();
        Assert.Equal(Prompt.Length + 6, tokens.Length);
        Assert.Equal(
            Json("run", "--text", Prompt, "--generate", "6")["generated"]!.AsArray().Select(token => (int)token!["id"]!),
            tokens[Prompt.Length..]);
        using var read = TextModel.Open(model.Folder);
        var expected = ContinuationMap.Explain<float>(read.Model, read.Workers, tokens, Prompt.Length, "input-x-gradient");
        var rows = report["rows"]!.AsArray();
        Assert.Equal(6, rows.Count);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(expected.Rows[i].Values, Values(rows[i]!));
            Assert.All(Values(rows[i]!)[(Prompt.Length + i)..], value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void Words_add_up_their_letters()
    {
        var letters = Json("continuation", "--text", "To be,", "--given", " or not", "--method", "mamba-lrp");
        var words = Json("continuation", "--text", "To be,", "--given", " or not", "--method", "mamba-lrp", "--blocks", "word");
        Assert.Equal(["To", " be,", " or", " not"], words["columns"]!.AsArray().Select(column => (string)column!["text"]!));
        Assert.Equal([2, 3], words["rows"]!.AsArray().Select(row => (int)row!["column"]!));
        var (sum, total) = (
            letters["rows"]!.AsArray().Sum(row => Values(row!).Sum(v => (double)v)),
            words["rows"]!.AsArray().Sum(row => Values(row!).Sum(v => (double)v)));
        Assert.Equal(sum, total, 1e-4 * Math.Abs(sum));
        var expected = letters["rows"]!.AsArray().Take(3).Sum(row => Values(row!).Skip(2).Take(4).Sum(v => (double)v)); // " or" from " be,"
        Assert.Equal(expected, (double)words["rows"]![0]!["values"]![1]!, 1e-5);
    }

    [Fact]
    public void The_matrix_is_written_as_numbers_and_as_a_picture()
    {
        string[] asked = ["continuation", "--text", Prompt, "--generate", "4"];
        var report = Json([.. asked, "--out", model.Path("steps.safetensors")]);
        using var file = Checkpoint.Open(model.Path("steps.safetensors"));
        Assert.Equal([4, 13], file.Find("continuation").Shape);
        Assert.Equal(report["rows"]!.AsArray().SelectMany(row => Values(row!)), file.ReadSingles("continuation"));
        Assert.Contains("wrote ", Run([.. asked, "--out", model.Path("steps.png")]).Out, StringComparison.Ordinal);
        var picture = ImageFile.Decode(model.Path("steps.png"));
        Assert.True(picture.Width > picture.Height, $"{picture.Width} x {picture.Height}: four rows, thirteen columns");
        Run([.. asked, "--out", model.Path("steps.npy")]);
        CliRun.Of([.. asked, "--model", model.Folder, "--out", model.Path("steps.npy")]).AssertFailed(2, "steps.npy exists already");
    }

    [Fact]
    public void People_read_a_line_a_step()
    {
        var said = Run("continuation", "--text", Prompt, "--generate", "3").Out;
        Assert.Contains("which goes on:", said, StringComparison.Ordinal);
        Assert.Contains("by mamba-lrp, strongest first:", said, StringComparison.Ordinal);
        Assert.Equal(
            ["9", "10", "11"],
            said[said.IndexOf("first:", StringComparison.Ordinal)..].Split('\n')[1..^1].Select(line => line.Trim().Split(' ')[0]));
    }

    [Fact]
    public void Wrong_questions_are_one_line()
    {
        CliRun.Of("continuation", "picture.png").AssertFailed(1, "continuation is for text");
        CliRun.Of("continuation", "--text", "a", "--given", "b", "--generate", "2").AssertFailed(1, "--given and --generate");
        CliRun.Of("continuation", "--text", "a", "--given", "b", "--seed", "2").AssertFailed(1, "--given and --seed");
        CliRun.Of("continuation", "--text", "a", "--out", "x.jpg").AssertFailed(1, ".png, .npy or .safetensors");
        CliRun.Of("continuation", "--text", "a", "--method", "nonsense", "--model", model.Folder).AssertFailed(1, "nonsense");
        CliRun.Of("continuation", "--text", "a", "--given", "", "--model", model.Folder).AssertFailed(2, "empty");
        CliRun
            .Of("continuation", "--text", "a", "--blocks", "paragraph", "--model", model.Folder)
            .AssertFailed(1, "word, sentence, or a number");
    }

    private static float[] Values(JsonNode row) => [.. row["values"]!.AsArray().Select(value => (float)(double)value!)];

    private CliRun Run(params string[] args) => CliRun.Successful([.. args, "--model", model.Folder]);

    private JsonNode Json(params string[] args) => JsonNode.Parse(Run([.. args, "--json"]).Out)!;
}
