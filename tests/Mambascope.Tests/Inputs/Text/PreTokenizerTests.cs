using System.Text.Json.Nodes;
using Mambascope.Inputs.Text;
using Xunit;

namespace Mambascope.Tests.Inputs.Text;

/// <summary>
/// How text is cut before pairs are merged. The tokenizer of these tests has whole words first, so cuts show as words in its vocabulary do.
/// </summary>
public sealed class PreTokenizerTests
{
    private const string Llama3 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    [Theory]
    [InlineData("Hello  world", "Hello| | world")]
    [InlineData("I'll don't I'LL", "I|'ll| don|'t| I|'|LL")]
    [InlineData("a1 22,x", "a|1| 22|,|x")]
    [InlineData("x \n\n y", "x| \n\n| y")]
    [InlineData("end  ", "end|  ")]
    [InlineData("x𝓐𝓑 𝟙¼", "x𝓐𝓑| 𝟙¼")] // letters and digits beyond U+FFFF are letters and digits
    [InlineData("🙂🙂a", "🙂🙂|a")]
    public void Gpt2_cuts_words(string text, string expected)
        => Assert.Equal(expected, Words(text, """{ "type": "ByteLevel", "add_prefix_space": false }"""));

    [Theory]
    [InlineData("I'LL take 12345 (ones)\n\n ok", "I|'LL| take| |123|45| (|ones|)\n\n| ok")]
    [InlineData("(𝓐b", "(𝓐b")]
    public void Llama3_cuts_words(string text, string expected)
    {
        var split = new JsonObject
        {
            ["type"] = "Split",
            ["pattern"] = new JsonObject { ["Regex"] = Llama3 },
            ["behavior"] = "Isolated",
            ["invert"] = false,
        };
        var steps = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                split,
                JsonNode.Parse("""{ "type": "ByteLevel", "add_prefix_space": false, "use_regex": false }""")),
        };
        Assert.Equal(expected, Words(text, steps.ToJsonString()));
    }

    [Fact]
    public void Falcon_cuts_signs_and_numbers()
    {
        const string Steps = """
            { "type": "Sequence", "pretokenizers": [ { "type": "Punctuation", "behavior": "Contiguous" }, { "type": "ByteLevel", "add_prefix_space": false, "use_regex": true },
              { "type": "Digits", "individual_digits": false }, { "type": "Split", "pattern": { "Regex": "[0-9][0-9][0-9]" }, "behavior": "Isolated", "invert": false } ] }
            """;
        Assert.Equal("it|'|s| |123|4|??!| a", Words("it's 1234??! a", Steps));
    }

    [Theory]
    [InlineData("Isolated", "a|-|-|b|-|c")]
    [InlineData("Removed", "a|b|c")]
    [InlineData("Contiguous", "a|--|b|-|c")]
    [InlineData("MergedWithPrevious", "a-|-|b-|c")]
    [InlineData("MergedWithNext", "a|-|-b|-c")]
    public void Cuts_behave_as_told(string behavior, string expected)
        => Assert.Equal(
            expected,
            Words(
                "a--b-c",
                $$"""{ "type": "Sequence", "pretokenizers": [ { "type": "Split", "pattern": { "String": "-" }, "behavior": "{{behavior}}", "invert": false }, { "type": "ByteLevel", "add_prefix_space": false, "use_regex": false } ] }"""));

    [Fact]
    public void What_lies_between_is_found_when_inverted()
        => Assert.Equal(
            "ab|cd",
            Words(
                "ab cd",
                """{ "type": "Sequence", "pretokenizers": [ { "type": "Split", "pattern": { "Regex": "\\w+" }, "behavior": "Removed", "invert": true }, { "type": "ByteLevel", "add_prefix_space": false, "use_regex": false } ] }"""));

    [Fact]
    public void A_space_is_put_in_front_and_stands_for_nothing()
    {
        var json = TokenizerFiles.Small("Ġ a");
        json["pre_tokenizer"]!["add_prefix_space"] = true;
        var tokenizer = TokenizerFiles.Load(json.ToJsonString());
        Assert.Equal([(" a", 0, 1), ("b", 1, 2)], tokenizer.Encode("ab").Select(token => (token.Text, token.Start, token.End)));
        Assert.Equal([(" a", 0, 2)], tokenizer.Encode(" a").Select(token => (token.Text, token.Start, token.End)));
        Assert.Equal("<end>| a", tokenizer.Shown("<end>a"));
        Assert.Equal([(" ", 0, 0), ("x", 0, 1)], tokenizer.Encode("x").Select(token => (token.Text, token.Start, token.End)));
    }

    [Theory]
    [InlineData("lstrip", "a <end> b", "a| <end>| |b")]
    [InlineData("rstrip", "a <end> b", "a| |<end> |b")]
    [InlineData("single_word", "a<end> <end>", "a|<|e|n|d|>| |<end>")]
    [InlineData("normalized", "a<end>", "a|<end>")]
    public void Added_tokens_take_what_they_are_told(string flag, string text, string expected)
    {
        var json = TokenizerFiles.Small();
        json["added_tokens"]![0]![flag] = true;
        var tokens = TokenizerFiles.Load(json.ToJsonString()).Encode(text);
        Assert.Equal(expected, string.Join('|', TextPiece.Group(tokens, text).Select(piece => piece.Text)));
    }

    [Fact]
    public void The_longest_added_token_wins_and_normalised_ones_are_found_after_normalisation()
    {
        var json = TokenizerFiles.Small();
        json["normalizer"] = JsonNode.Parse("""{ "type": "Sequence", "normalizers": [ { "type": "NFC" } ] }""");
        json["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = 257, ["content"] = "<end>!", ["normalized"] = false });
        json["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = 258, ["content"] = "re\u0301", ["normalized"] = true });
        json["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = 259, ["content"] = "se\u0301", ["normalized"] = false });
        var tokenizer = TokenizerFiles.Load(json.ToJsonString());
        Assert.Equal([256, 257], tokenizer.Encode("<end><end>!").Select(token => token.Id));
        Assert.Equal([(258, 0, 2), (258, 2, 5)], tokenizer.Encode("rére\u0301").Select(token => (token.Id, token.Start, token.End)));
        Assert.Equal(259, tokenizer.Encode("se\u0301")[0].Id);
        Assert.NotEqual(259, tokenizer.Encode("sé")[0].Id);
    }

    /// <summary>The words a text is cut into: with every word of it in the vocabulary, whole words first.</summary>
    private static string Words(string text, string steps)
    {
        var json = TokenizerFiles.Small();
        json["pre_tokenizer"] = JsonNode.Parse(steps);
        json["model"]!["ignore_merges"] = true;
        json["added_tokens"] = new JsonArray();
        var vocabulary = json["model"]!["vocab"]!.AsObject();
        for (var start = 0; start < text.Length; start++)
        {
            for (var end = start + 1; end <= text.Length; end++)
            {
                vocabulary.TryAdd(ByteLetters.Spell(AlignedText.Of(text[start..end])).Text.ToString(), vocabulary.Count);
            }
        }

        return TokenizerFiles.Load(json.ToJsonString()).Shown(text);
    }
}
