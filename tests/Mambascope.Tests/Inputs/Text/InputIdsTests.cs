using Mambascope.Checkpoints;
using Mambascope.Inputs.Text;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Inputs.Text;

/// <summary>Token ids as Python saves them: padding is cut off, or refused; nothing is dropped in silence.</summary>
public sealed class InputIdsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("5 6 7", "", "5 6 7")]
    [InlineData("5 6 7", "1 1 1", "5 6 7")]
    [InlineData("0 0 5 6 7", "0 0 1 1 1", "5 6 7")]
    [InlineData("5 6 7 0", "1 1 1 0", "5 6 7")]
    [InlineData("0 5 6 7 0 0", "0 1 1 1 0 0", "5 6 7")]
    public void Padding_is_cut_off(string ids, string mask, string expected)
        => Assert.Equal(Numbers(expected), InputIds.Read(Save(ids, mask)));

    [Theory]
    [InlineData("5 6 7", "1 0 1", "masks position 1 between tokens that it keeps")]
    [InlineData("5 6 7", "0 0 0", "masks every token")]
    [InlineData("5 6 7", "1 2 1", "holds 2, expected 1 for tokens and 0 for padding")]
    [InlineData("5 6 7", "1 1", "attention_mask has shape (1, 2), expected that of input_ids, (1, 3)")]
    public void Other_masks_are_refused(string ids, string mask, string said)
        => Assert.Contains(
            said,
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => InputIds.Read(Save(ids, mask)))),
            StringComparison.Ordinal);

    [Fact]
    public void Other_tensors_are_named()
    {
        new SafetensorsWriter().Add("input_ids", [2], new long[2]).Add("position_ids", [2], new long[2]).Save(folder.File("a.safetensors"));
        Assert.Contains(
            "there is a tensor position_ids beside input_ids, which is not read",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => InputIds.Read(folder.File("a.safetensors")))),
            StringComparison.Ordinal);
        new SafetensorsWriter()
            .Add("input_ids", [2], new long[2])
            .Add("token_type_ids", [2], new long[] { 0, 1 })
            .Save(folder.File("a.safetensors"));
        Assert.Contains(
            "marks a second text",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => InputIds.Read(folder.File("a.safetensors")))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Ends_of_text_are_one_or_several_and_those_for_generation_go_first()
    {
        var config = ConfigFile.Load(folder.Write("config.json", """{"eos_token_id": 7}"""));
        var several = ConfigFile.Load(folder.Write("generation_config.json", """{"eos_token_id": [0, 32]}"""));
        Assert.Equal([7], EndTokens.Of(config, null));
        Assert.Equal([0, 32], EndTokens.Of(several, null));
        Assert.Equal([0, 32], EndTokens.Of(config, several));
        Assert.Equal([7], EndTokens.Of(config, ConfigFile.Load(folder.Write("g.json", "{}"))));
        Assert.Empty(EndTokens.Of(null, null));
        TemporaryFolder.OneLine(
            Assert.Throws<BadInputException>(() =>
                EndTokens.Of(ConfigFile.Load(folder.Write("c.json", """{"eos_token_id": ["</s>"]}""")), null)));
    }

    [Theory]
    [InlineData(
        """{"model": {"type": "BPE", "byte_fallback": true, "vocab": {"a": 0}, "merges": []}}""", "the file holds BPE of SentencePiece")]
    [InlineData(
        """{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}, "pre_tokenizer": {"type": "Whitespace"}}""",
        "the file holds BPE over letters, cut by Whitespace")]
    [InlineData("""{"model": {"type": "WordPiece", "vocab": {}}}""", "the file holds WordPiece, the tokenizer of BERT")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": []}}""", "the file holds Unigram")]
    public void A_tokenizer_of_another_kind_says_which_and_can_be_done_without(string json, string said)
    {
        Assert.Contains(said, TokenizerFiles.Refusal(json), StringComparison.Ordinal);
        Assert.Null(TextTokenizer.LoadOrRefuse(folder.Write("tokenizer.json", json), out var refusal));
        Assert.Contains(said, refusal!.Message, StringComparison.Ordinal);
    }

    private string Save(string ids, string mask)
    {
        var writer = new SafetensorsWriter().Add("input_ids", [1, Numbers(ids).Length], Numbers(ids));
        if (mask.Length > 0)
        {
            writer.Add("attention_mask", [1, Numbers(mask).Length], Numbers(mask));
        }

        writer.Save(folder.File("ids.safetensors"));
        return folder.File("ids.safetensors");
    }

    private static long[] Numbers(string words) => [.. words.Split(' ').Select(long.Parse)];
}
