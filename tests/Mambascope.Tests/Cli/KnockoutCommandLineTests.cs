using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

public sealed class KnockoutCommandLineTests : IDisposable
{
    private const string Text = "To be, or not to b";

    private readonly SmallLanguageModel model = new();

    public void Dispose() => model.Dispose();

    [Fact]
    public void Each_token_in_turn_is_what_the_library_says()
    {
        var report = Json("knockout", "--text", Text, "--layers", "1", "--save", model.Path("drops.safetensors"));
        var knockouts = report["knockouts"]!.AsArray();
        Assert.Equal(Text.Length, knockouts.Count);
        using var read = TextModel.Open(model.Folder);
        int[] ids = [.. Text.Select(letter => (int)letter)];
        for (var t = 0; t < ids.Length; t++)
        {
            var expected = KnockoutEffect.Of<float>(read.Model, read.Workers, ids, [new() { Sources = [t], Layers = [1] }]);
            Assert.Equal(expected.ScoreDrop, (double)knockouts[t]!["drop"]!, 1e-9);
            Assert.Equal(expected.Target, (int)report["target"]!["id"]!);
        }

        Assert.Equal(0, (double)knockouts[^1]!["drop"]!); // nothing hears the last one but itself
        Assert.NotEqual(0, (double)knockouts[^2]!["drop"]!);
        using var file = Checkpoint.Open(model.Path("drops.safetensors"));
        Assert.Equal(knockouts.Select(k => (double)k!["drop"]!), file.ReadDoubles("drop"));
        Assert.Equal(ids.Select(id => (long)id), file.ReadInt64s("input_ids"));
    }

    [Fact]
    public void Tokens_together_one_edge_and_words()
    {
        var together = Json("knockout", "--text", Text, "--source", "0,2-4", "--target", "e");
        Assert.Equal([0, 2, 3, 4], Assert.Single(together["knockouts"]!.AsArray())!["sources"]!.AsArray().Select(source => (int)source!));
        Assert.Equal((int)'e', (int)together["target"]!["id"]!);
        var edge = Json("knockout", "--text", Text, "--source", "4", "--from", "17");
        using var read = TextModel.Open(model.Folder);
        var expected = KnockoutEffect.Of<float>(
            read.Model, read.Workers, [.. Text.Select(letter => (int)letter)], [new() { Sources = [4], Targets = [17] }]);
        Assert.Equal(expected.ScoreDrop, (double)edge["knockouts"]![0]!["drop"]!, 1e-9);
        Assert.Equal(
            ["To", " be,", " or", " not", " to", " b"],
            Json("knockout", "--text", Text, "--blocks", "word")["knockouts"]!.AsArray().Select(k => (string)k!["text"]!));
    }

    [Fact]
    public void Taps_are_cut_where_that_is_asked_for()
    {
        var taps = Json("knockout", "--text", Text, "--source", "16", "--taps");
        Assert.True((bool)taps["taps"]!);
        Assert.False((bool)Json("knockout", "--text", Text, "--source", "16")["taps"]!);
        using var read = TextModel.Open(model.Folder);
        var expected = KnockoutEffect.Of<float>(
            read.Model, read.Workers, [.. Text.Select(letter => (int)letter)], [new() { Sources = [16], CutsTaps = true }]);
        Assert.Equal(expected.ScoreDrop, (double)taps["knockouts"]![0]!["drop"]!, 1e-9);
        Assert.Contains("--taps cuts that, too", Run("knockout", "--text", Text).Out, StringComparison.Ordinal);
        Assert.Contains("in all layers, convolutions included:", Run("knockout", "--text", Text, "--taps").Out, StringComparison.Ordinal);
        Fails(1, "--expert and --taps exclude each other", "--expert", "0", "--taps");
    }

    [Fact]
    public void The_example_of_the_help_bites()
    {
        var bitten = JsonNode.Parse(CliRun.Successful(
            "knockout", "--text", "The king is dead, long live the k", "--source", "27-30", "--taps", "--json").Out)!;
        Assert.Equal("i", (string)bitten["target"]!["text"]!);
        Assert.True((double)bitten["target"]!["probability"]! > 0.9);
        Assert.Equal("n", (string)bitten["knockouts"]![0]!["most_likely"]!["text"]!);
    }

    [Fact]
    public void What_comes_after_the_position_has_no_part()
    {
        var (whole, cut) = (Json("knockout", "--text", Text, "--position", "4"), Json("knockout", "--text", Text[..5]));
        Assert.Equal(cut["knockouts"]!.ToJsonString(), whole["knockouts"]!.ToJsonString());
    }

    [Fact]
    public void People_read_the_strongest_first()
    {
        var said = Run("knockout", "--text", Text).Out;
        Assert.Contains("next after token 17:", said, StringComparison.Ordinal);
        Assert.Contains("By how much its score falls when one of them is cut off in all layers:", said, StringComparison.Ordinal);
        Assert.Contains(
            "in layers 0, 1:", Run("knockout", "--text", Text, "--source", "3", "--layers", "0-1").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_questions_are_one_line()
    {
        CliRun.Of("knockout", "picture.png").AssertFailed(1, "knockout is for text");
        Fails(1, "--source 4-", "--source", "4-");
        Fails(1, "--source 7-4", "--source", "7-4");
        Fails(1, "--source and --blocks", "--source", "1", "--blocks", "word");
        Fails(2, "token 18 cannot be knocked out", "--source", "18");
        Fails(2, "layer 2 does not exist", "--layers", "2");
        Fails(2, "position 18 does not exist", "--position", "18");
    }

    private void Fails(int code, string words, params string[] args)
        => CliRun.Of(["knockout", "--text", Text, "--model", model.Folder, .. args]).AssertFailed(code, words);

    private CliRun Run(params string[] args) => CliRun.Successful([.. args, "--model", model.Folder]);

    private JsonNode Json(params string[] args) => JsonNode.Parse(Run([.. args, "--json"]).Out)!;
}
