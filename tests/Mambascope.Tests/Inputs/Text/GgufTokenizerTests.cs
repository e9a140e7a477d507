using System.Text.Json;
using Mambascope.Inputs.Text;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Checkpoints.Gguf;
using Xunit;

namespace Mambascope.Tests.Inputs.Text;

/// <summary>Tokenizers out of GGUF files: ids of llama.cpp, the ways to cut text, special tokens, and what is refused.</summary>
public sealed class GgufTokenizerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Ids_are_those_of_llama_cpp()
    {
        var tokenizer = TextTokenizer.Load(Golden.Path("gguf", "mamba-micro-f32.gguf"));
        using var expected = JsonDocument.Parse(File.ReadAllText(Golden.Path("gguf", "tokenizer.expected.json")));
        var count = 0;
        foreach (var item in expected.RootElement.GetProperty("cases").EnumerateArray())
        {
            var text = item.GetProperty("text").GetString()!;
            var found = tokenizer.Encode(text);
            Assert.Equal(item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), found.Select(token => token.Id));
            Assert.Equal(text, tokenizer.Decode(found.Select(token => token.Id)));
            Assert.Equal(text, string.Concat(TextPiece.Group(found, text).Select(piece => piece.Text)));
            count++;
        }

        Assert.Equal(12, count);
    }

    [Theory]
    [InlineData("gpt-2", "Hello'S  it's 12345!!\n\n x", "Hello|'|S| | it|'s| 12345|!!|\n\n| x")]
    [InlineData("starcoder", "it's 123", "it|'s| |1|2|3")]
    [InlineData("llama-bpe", "HELLO'S it's  12345!!\n\n x", "HELLO|'S| it|'s| | |123|45|!!\n\n| x")]
    [InlineData("llama-bpe", "(abc)\t x\r\ny", "(abc|)|\t| x|\r\n|y")]
    [InlineData("qwen2", "a 12345", "a| |1|2|3|4|5")]
    [InlineData("dbrx", "a 12345", "a| |123|45")]
    [InlineData("falcon", "a+b, 1234567", "a|+|b|,| |123|456|7")]
    [InlineData("tekken", "HelloWorld abcDEF 12/\n", "Hello|World| abc|DEF| |1|2|/\n")]
    [InlineData("gpt-4o", "He's DON'T 1234", "He's| DON'T| |123|4")]
    [InlineData("qwen2", "e\u0301a\u0300 \u05E9\u05DC\u05D5\u05DD x\U0001D4D0", "e|\u0301a|\u0300| \u05E9\u05DC\u05D5\u05DD| x\U0001D4D0")]
    public void Text_is_cut_into_words(string pre, string text, string words)
    {
        var cut = GgufPatterns
            .Find(pre)!
            .Steps()
            .SkipLast(1)
            .Aggregate((IEnumerable<AlignedText>)[AlignedText.Of(text)], (parts, step) => parts.SelectMany(step.Apply));
        Assert.Equal(words, string.Join('|', cut.Select(part => part.Text.ToString())));
    }

    [Fact]
    public void Every_way_to_cut_keeps_every_character()
    {
        const string Text = "  Ünï 'll I'M 1234567 ½ \r\n\n\t«x» e\u0301\u0301 \u05E9\u05DC\u05D5\u05DD\u200F " +
            "\u0645\u0631\u062D\u0628\u0627 \U0001F469\u200D\U0001F469 x\U0001D4D0 日本 +=`~ ...";
        foreach (var name in GgufPatterns.Names)
        {
            var cut = GgufPatterns
                .Find(name)!
                .Steps()
                .SkipLast(1)
                .Aggregate((IEnumerable<AlignedText>)[AlignedText.Of(Text)], (parts, step) => parts.SelectMany(step.Apply));
            Assert.Equal(Text, string.Concat(cut.Select(part => part.Text.ToString())));
        }
    }

    [Theory]
    [InlineData("a\U0001F469\u200D\U0001F469b")]
    [InlineData("e\u0301\u0327 n\u0303")]
    [InlineData("\u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627 abc")]
    public void Offsets_fit_the_text(string text)
    {
        var tokens = TextTokenizer.Load(Golden.Path("gguf", "mamba-micro-f32.gguf")).Encode(text);
        Assert.All(tokens, token =>
            Assert.True(token.Start < token.End && token.End <= text.Length && !char.IsLowSurrogate(text[token.Start])));
        Assert.Equal(text, string.Concat(TextPiece.Group(tokens, text).Select(piece => piece.Text)));
        Assert.Equal(tokens, TextTokenizer.Load(Golden.Path("gguf", "mamba-micro-f32.gguf")).Locate(tokens.Select(token => token.Id)));
    }

    // Merges do not reach "abc", but it is a token: Llama 3's kind takes it whole, GPT-2's does not.
    [Fact]
    public void Whole_words_come_first_where_the_kind_says_so()
    {
        Assert.Equal([3], Ids(Load(Small("llama-bpe", ["a", "b", "c", "abc"], "add_bos_token", false)), "abc"));
        Assert.Equal([0, 1, 2], Ids(Load(Small("gpt-2", ["a", "b", "c", "abc"])), "abc"));
    }

    [Fact]
    public void Beginning_and_end_are_put_around_where_the_file_or_its_kind_says_so()
    {
        var file = Small("llama-bpe", ["a", "<s>", "</s>"]).Add("tokenizer.ggml.bos_token_id", 1u).Add("tokenizer.ggml.eos_token_id", 2u);
        Assert.Equal([1, 0], Ids(Load(file), "a"));
        Assert.Equal([1, 0, 2], Ids(Load(file.Add("tokenizer.ggml.add_eos_token", true)), "a"));
        Assert.Equal(0, Load(file).Find("a"));
    }

    [Fact]
    public void Special_tokens_are_cut_out_first()
    {
        var tokenizer = Load(Small("gpt-2", ["a", "b", "<|x|>", "ab"]).Add("tokenizer.ggml.token_type", (int[])[1, 1, 3, 4]));
        Assert.Equal([0, 2, 3, 1], Ids(tokenizer, "a<|x|>abb"));
        Assert.Equal((1, 6), (tokenizer.Encode("a<|x|>abb")[1].Start, tokenizer.Encode("a<|x|>abb")[1].End));
    }

    [Fact]
    public void Damaged_tokenizers_are_refused_in_one_line()
    {
        Assert.Contains("tokenizer.ggml.pre is \"odd\", expected one of gpt-2,", Refusal(Small("odd", ["a"])), StringComparison.Ordinal);
        Assert.Contains("has a at both 0 and 1", Refusal(Small("gpt-2", ["a", "a"])), StringComparison.Ordinal);
        Assert.Contains("needs at 0 the token ab", Refusal(Small("gpt-2", ["a", "b"], merges: "a b")), StringComparison.Ordinal);
        Assert.Contains("merges has ab at 0", Refusal(Small("gpt-2", ["a", "b"], merges: "ab")), StringComparison.Ordinal);
        Assert.Contains("token_type is an array of 1 values, expected 2", Refusal(Small("gpt-2", ["a", "b"])
            .Add("tokenizer.ggml.token_type", (int[])[1])), StringComparison.Ordinal);
        Assert.Contains("bos_token_id is 7, expected the id of a token, 0 to 0", Refusal(Small("gpt-2", ["a"], "add_bos_token", true)
            .Add("tokenizer.ggml.bos_token_id", 7u)), StringComparison.Ordinal);
        Assert.Contains("tokenizer.ggml.model is \"bert\"", Refusal(new GgufBuilder().Add("tokenizer.ggml.model", "bert")
            .Add("tokenizer.ggml.tokens", (string[])["a"])), StringComparison.Ordinal);
        Assert.Contains("has no tokenizer", Refusal(new GgufBuilder()), StringComparison.Ordinal);
    }

    private static GgufBuilder Small(string pre, string[] tokens, string? flag = null, bool value = false, string merges = "")
    {
        var file = new GgufBuilder().Add("tokenizer.ggml.model", "gpt2").Add("tokenizer.ggml.pre", pre).Add("tokenizer.ggml.tokens", tokens)
            .Add("tokenizer.ggml.merges", merges.Length > 0 ? [merges] : Array.Empty<string>());
        return flag is null ? file : file.Add("tokenizer.ggml." + flag, value);
    }

    private static int[] Ids(TextTokenizer tokenizer, string text) => [.. tokenizer.Encode(text).Select(token => token.Id)];

    private TextTokenizer Load(GgufBuilder file) => TextTokenizer.Load(folder.Write("tokenizer.gguf", file.Build()));

    private string Refusal(GgufBuilder file)
    {
        var path = folder.Write("tokenizer.gguf", file.Build());
        return TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => TextTokenizer.Load(path)));
    }
}
