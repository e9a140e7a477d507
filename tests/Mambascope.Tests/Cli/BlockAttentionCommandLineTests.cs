using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Imaging;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

public sealed class BlockAttentionCommandLineTests : IDisposable
{
    private const string Text = "To be, or not to be";

    private readonly SmallLanguageModel model = new();

    public void Dispose() => model.Dispose();

    [Fact]
    public void Blocks_are_means_of_the_matrix_of_single_tokens()
    {
        var blocks = Json("attention", "--text", Text, "--layer", "1", "--blocks", "word", "--out", model.Path("words.safetensors"));
        Json("attention", "--text", Text, "--layer", "1", "--out", model.Path("tokens.safetensors"));
        using var words = Checkpoint.Open(model.Path("words.safetensors"));
        using var tokens = Checkpoint.Open(model.Path("tokens.safetensors"));
        var (means, matrix) = (words.ReadSingles("attention"), tokens.ReadSingles("attention"));
        int[] bounds = [.. blocks["blocks"]!.AsArray().Select(block => (int)block!["first"]!), Text.Length];
        Assert.Equal([0, 2, 6, 9, 13, 16, 19], bounds);
        var worst = 0.0;
        for (var r = 0; r < 6; r++)
        {
            for (var c = 0; c < 6; c++)
            {
                var (sum, pairs) = (0.0, 0);
                for (var i = bounds[r]; i < bounds[r + 1]; i++)
                {
                    for (var j = bounds[c]; j < bounds[c + 1] && j <= i; j++, pairs++)
                    {
                        sum += matrix[(i * Text.Length) + j];
                    }
                }

                worst = Math.Max(worst, Math.Abs(means[(r * 6) + c] - (pairs == 0 ? 0 : sum / pairs)));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"largest difference {worst:E1}");
        Assert.True(worst < 1e-6 * matrix.Max(Math.Abs) + 1e-7, $"{worst}");
    }

    [Fact]
    public void A_text_too_long_for_a_matrix_has_blocks()
    {
        File.WriteAllText(model.Path("long.txt"), string.Concat(Enumerable.Repeat("All the world's a stage. ", 400)));
        CliRun
            .Of("attention", model.Path("long.txt"), "--model", model.Folder, "--layer", "0")
            .AssertFailed(2, "10000 tokens", "--blocks 256");
        var report = Json("attention", model.Path("long.txt"), "--layer", "0", "--blocks", "8", "--out", model.Path("parts.png"));
        Assert.Equal(8, report["blocks"]!.AsArray().Count);
        Assert.True(ImageFile.Decode(model.Path("parts.png")).Width > 400);
        CliRun
            .Of("attention", model.Path("long.txt"), "--model", model.Folder, "--layer", "0", "--blocks", "word")
            .AssertFailed(2, "2,001 blocks", "at most 1024");
    }

    [Fact]
    public void Wrong_questions_are_one_line()
    {
        string[] asked = ["attention", "--text", Text, "--model", model.Folder, "--layer", "0", "--blocks"];
        CliRun.Of([.. asked, "0"]).AssertFailed(1, "word, sentence, or a number");
        CliRun.Of([.. asked, "4", "--channel", "2"]).AssertFailed(1, "--blocks and --channel");
        CliRun.Of([.. asked, "4", "--reduce", "abs-mean"]).AssertFailed(1, "--blocks and --reduce");
        CliRun.Of("attention", "picture.png", "--layer", "0", "--blocks", "4").AssertFailed(1, "needs a language model");
    }

    private JsonNode Json(params string[] args) => JsonNode.Parse(CliRun.Successful([.. args, "--model", model.Folder, "--json"]).Out)!;
}
