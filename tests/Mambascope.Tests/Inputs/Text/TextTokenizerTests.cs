using System.Text.Json.Nodes;
using Mambascope.Inputs.Text;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Inputs.Text;

/// <summary>Ranges, pieces, decoding and single tokens.</summary>
public sealed class TextTokenizerTests
{
    private static readonly ByteTokenizer bytes = new();

    [Fact]
    public void Tokens_know_their_characters()
    {
        var tokens = TokenizerFiles.GptNeoX.Encode("The quick  fox");
        Assert.Equal(
            [("The", 0, 3), (" quick", 3, 9), ("  ", 9, 11), ("fox", 11, 14)],
            tokens.Select(token => (token.Text, token.Start, token.End)));
    }

    [Fact]
    public void Tokens_that_share_a_character_make_one_piece()
    {
        const string Text = "so 🦔!";
        var tokens = TokenizerFiles.Gpt2.Encode(Text);
        var pieces = TextPiece.Group(tokens, Text);
        Assert.True(tokens.Count > pieces.Count);
        Assert.Equal("so| 🦔|!", string.Join('|', pieces.Select(piece => piece.Text)));
        Assert.Equal(tokens.Count, pieces.Sum(piece => piece.TokenCount));
        Assert.Contains("\\x", tokens[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Composed_characters_come_from_both_that_were_written()
    {
        const string Text = "e\u0301 x";
        Assert.Equal(
            [("é", 0, 2), (" x", 2, 4)], TokenizerFiles.GptNeoX.Encode(Text).Select(token => (token.Text, token.Start, token.End)));
    }

    [Fact]
    public void Bytes_are_tokens_of_the_byte_tokenizer()
    {
        var tokens = bytes.Encode("aé🙂");
        Assert.Equal([0x61, 0xC3, 0xA9, 0xF0, 0x9F, 0x99, 0x82], tokens.Select(token => token.Id));
        Assert.Equal([0, 1, 1, 2, 2, 2, 2], tokens.Select(token => token.Start));
        Assert.Equal("a|\\xC3|\\xA9|\\xF0|\\x9F|\\x99|\\x82", bytes.Shown("aé🙂"));
        Assert.Equal(["a", "é", "🙂"], TextPiece.Group(tokens, "aé🙂").Select(piece => piece.Text));
        Assert.Equal(256, bytes.VocabularySize);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_decoded_and_located()
    {
        int[] ids = ['o', 0xFF, 0xF0, 0x9F, 'k', 0xE2, 0x82];
        const string Text = "o\uFFFD\uFFFDk\uFFFD";
        Assert.Equal(Text, bytes.Decode(ids));
        var tokens = bytes.Locate(ids);
        Assert.Equal([(0, 1), (1, 2), (2, 3), (2, 3), (3, 4), (4, 5), (4, 5)], tokens.Select(token => (token.Start, token.End)));
        Assert.Equal([1, 1, 2, 1, 2], TextPiece.Group(tokens, Text).Select(piece => piece.TokenCount));
    }

    [Fact]
    public void Half_a_surrogate_pair_counts_as_no_character()
    {
        foreach (var tokenizer in (TextTokenizer[])[bytes, TokenizerFiles.Gpt2, TokenizerFiles.GptNeoX])
        {
            Assert.Equal("a\uFFFDb", tokenizer.Decode(tokenizer.Encode("a\uD83Db").Select(token => token.Id)));
            Assert.Equal("\uFFFD", tokenizer.Decode(tokenizer.Encode("\uDE42").Select(token => token.Id)));
        }
    }

    [Fact]
    public void Ids_of_a_padded_vocabulary_decode_to_nothing_and_show_themselves()
    {
        Assert.Equal("ab", bytes.Decode(['a', 300, 'b']));
        Assert.Equal("[300]", bytes.Show(300));
        Assert.Equal([(0, 1), (1, 1), (1, 2)], bytes.Locate(['a', 300, 'b']).Select(token => (token.Start, token.End)));
        Assert.Contains(
            "-1 is negative",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => bytes.Decode([-1]))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Special_tokens_that_are_not_meant_are_text()
    {
        var tokenizer = TokenizerFiles.GptNeoX;
        Assert.Equal([66, 0, 67], tokenizer.Encode("a<|endoftext|>b").Select(token => token.Id));
        var literal = tokenizer.Encode("a<|endoftext|>b", readsSpecial: false);
        Assert.DoesNotContain(literal, token => token.Id == 0);
        Assert.Equal("a<|endoftext|>b", tokenizer.Decode(literal.Select(token => token.Id)));

        // What was added as text stays one token.
        var json = TokenizerFiles.Small();
        json["added_tokens"]!.AsArray().Add(new System.Text.Json.Nodes.JsonObject { ["id"] = 257, ["content"] = "<word>" });
        tokenizer = TokenizerFiles.Load(json.ToJsonString());
        Assert.Equal([256, 257], tokenizer.Encode("<end><word>").Select(token => token.Id));
        Assert.Equal(6, tokenizer.Encode("<end><word>", readsSpecial: false).Count);
        Assert.Equal(3, bytes.Encode("<e>", readsSpecial: false).Count);
    }

    [Fact]
    public void One_token_is_found_and_several_are_listed()
    {
        var tokenizer = TokenizerFiles.GptNeoX;
        Assert.Equal(310, tokenizer.Find(" is"));
        Assert.Equal(0, tokenizer.Find("<|endoftext|>"));
        var several = TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => tokenizer.Find("Mamba")));
        Assert.Contains("is 2 tokens, expected exactly one: 'M' (46), 'amba' (31834)", several, StringComparison.Ordinal);
        Assert.Contains(
            "no token", TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => tokenizer.Find(""))), StringComparison.Ordinal);
        TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => bytes.Find(new string('\n', 100_000))));
    }

    [Fact]
    public void Any_text_comes_back_and_its_pieces_tell_it()
    {
        var random = new Random(11);
        string[] parts =
        [
            "a", " ", "  ", "\n", "é", "e\u0301", "日本", "🙂", "\u200D", "𝓐", "1", "'s", "<|endoftext|>", "\u0323", "한",
            "\u1100\u1161", "x\u0307\u0323", "\u212B",
        ];
        for (var run = 0; run < 2000; run++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => parts[random.Next(parts.Length)]));
            foreach (var tokenizer in (TextTokenizer[])[bytes, TokenizerFiles.Gpt2, TokenizerFiles.GptNeoX])
            {
                var tokens = tokenizer.Encode(text);
                var pieces = TextPiece.Group(tokens, text);
                Assert.Equal(text, string.Concat(pieces.Select(piece => piece.Text)));
                Assert.Equal(
                    Enumerable.Range(0, tokens.Count), pieces.SelectMany(piece => Enumerable.Range(piece.FirstToken, piece.TokenCount)));
                if (tokenizer != TokenizerFiles.GptNeoX)
                {
                    Assert.Equal(text, tokenizer.Decode(tokens.Select(token => token.Id)));
                }
            }
        }
    }

    [Fact]
    public void A_template_puts_marks_around_a_text_but_not_around_one_token()
    {
        var json = TokenizerFiles.Small("a b");
        json["post_processor"] = JsonNode.Parse("""
            { "type": "TemplateProcessing", "single": [ { "SpecialToken": { "id": "<end>", "type_id": 0 } }, { "Sequence": { "id": "A", "type_id": 0 } } ],
              "pair": [], "special_tokens": { "<end>": { "id": "<end>", "ids": [257], "tokens": ["<end>"] } } }
            """);
        var tokenizer = TokenizerFiles.Load(json.ToJsonString());
        Assert.Equal([("<end>", 0, 0), ("ab", 0, 2)], tokenizer.Encode("ab").Select(token => (token.Text, token.Start, token.End)));
        Assert.Equal(256, tokenizer.Find("ab"));
    }
}
