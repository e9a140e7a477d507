using Mambascope.Inputs.Text;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Checkpoints.Gguf;
using Xunit;

namespace Mambascope.Tests.Inputs.Text;

/// <summary>SentencePiece's BPE: merges by score against their definition, spaces, bytes, special tokens and offsets.</summary>
public sealed class SentencePieceTests
{
    private const int FirstByte = 3;

    private static readonly (string Token, float Score)[] words =
    [
        ("\u2581", -20),
        ("a", -21),
        ("b", -22),
        ("c", -23),
        ("é", -24),
        ("ab", -2),
        ("bc", -1),
        ("abc", -3),
        ("\u2581a", -4),
        ("\u2581ab", -5),
        ("ca", -2),
        ("aa", -2),
        ("\u2581\u2581", -6),
    ];

    [Fact]
    public void The_best_score_is_merged_first_and_of_equals_the_first_in_the_text()
    {
        var tokenizer = Load();

        // bc (-1) before ab (-2); then abc (-3) before ▁a (-4), which would leave bc alone.
        Assert.Equal(["\u2581", "abc"], Tokens(tokenizer, "abc"));
        Assert.Equal(["\u2581", "aa", "a"], Tokens(tokenizer, "aaa"));
        Assert.Equal(["\u2581ab"], Tokens(tokenizer, "ab"));
    }

    [Fact]
    public void Random_texts_are_merged_as_the_definition_says()
    {
        var tokenizer = Load();
        var scores = words.ToDictionary(word => word.Token, word => word.Score);
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => " aabbcé"[random.Next(7)]));
            var expected = Definition(("\u2581" + text.Replace(' ', '\u2581')).Select(unit => unit.ToString()).ToList(), scores);
            Assert.Equal(expected, Tokens(tokenizer, text));
        }
    }

    [Fact]
    public void What_is_no_token_becomes_its_bytes_and_knows_its_place()
    {
        var tokenizer = Load();
        const string Text = "a\U0001F40De\u0301\u05E9b";
        var tokens = tokenizer.Encode(Text);
        Assert.Equal(1, tokens[0].Id);
        int[] snake = [FirstByte + 0xF0, FirstByte + 0x9F, FirstByte + 0x90, FirstByte + 0x8D];
        Assert.Equal(snake, tokens.Skip(2).Take(4).Select(token => token.Id));
        Assert.All(tokens.Skip(2).Take(4), token => Assert.Equal((1, 3), (token.Start, token.End)));
        Assert.Equal(Text, string.Concat(TextPiece.Group([.. tokens.Skip(1)], Text).Select(piece => piece.Text)));
        Assert.Equal(" " + Text, tokenizer.Decode(tokens.Skip(1).Select(token => token.Id)));
        Assert.Equal([1, 5], [tokenizer.Locate(tokens.Skip(1).Select(token => token.Id))[0].Start + 1, tokenizer.Locate(tokens.Skip(1)
            .Select(token => token.Id))[5].Start + 1]);
    }

    [Fact]
    public void Without_bytes_it_is_the_unknown_token()
    {
        var tokenizer = Load(withBytes: false);
        Assert.Equal([1, 0], tokenizer.Encode("x").Where(token => token.Text != "\u2581" && token.Text != " ").Select(token => token.Id));
    }

    [Fact]
    public void Special_tokens_are_cut_out_and_a_space_follows_them_as_in_llama_cpp()
    {
        var tokenizer = Load();
        Assert.Equal(["<s>", "\u2581a", "</s>", "\u2581ab"], tokenizer.Encode("a</s>ab")
            .Select(token => token.Text.Replace(' ', '\u2581')));
        Assert.Equal((1, 5), (tokenizer.Encode("a</s>ab")[2].Start, tokenizer.Encode("a</s>ab")[2].End));
        Assert.Empty(Load(prefix: false).Encode("").Skip(1));
        Assert.Equal(["ab"], Tokens(Load(prefix: false), "ab"));
        Assert.Equal(Find(tokenizer, "\u2581ab"), tokenizer.Find(" ab"));
        Assert.Equal(Find(tokenizer, "ab"), tokenizer.Find("ab"));
    }

    [Fact]
    public void Long_texts_take_little_time()
    {
        var text = string.Concat(Enumerable.Repeat("abc aab ca", 20_000));
        Assert.Equal(text.Length + 1, Load().Encode(text).Sum(token => token.Text == "<s>" ? 0 : token.Text.Length));
    }

    // The same vocabulary as Hugging Face writes it: merges as a list, the space in front by a normalizer or by Metaspace.
    [Theory]
    [InlineData(
        """{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"\u2581"},{"type":"Replace","pattern":{"String":" "},"content":"\u2581"}]}""",
        "null",
        " ab<x>ab",
        "\u2581\u2581|ab|<x>|\u2581ab")]
    [InlineData(
        "null", """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"first","split":false}""", "ab<x>ab", "\u2581ab|<x>|ab")]
    [InlineData(
        "null",
        """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":false}""",
        " ab<x>ab",
        "\u2581ab|<x>|\u2581ab")]
    [InlineData(
        "null", """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"never","split":false}""", "ab é", "ab|\u2581|\\xC3|\\xA9")]
    public void Tokenizer_json_with_byte_fallback_is_read(string normaliser, string cut, string text, string expected)
    {
        var tokenizer = TokenizerFiles.Load(Json(normaliser, cut));
        var tokens = tokenizer.Encode(text);
        Assert.Equal(expected, string.Join('|', tokens.Select(token => token.Text.Replace(' ', '\u2581'))));
        Assert.Equal(text, string.Concat(TextPiece.Group([.. tokens.Where(token => token.Start < token.End)], text)
            .Select(piece => piece.Text)));
    }

    [Theory]
    [InlineData("null", "null", "says nowhere that a space is written")]
    [InlineData("""{"type":"NFKC"}""", "null", "normalizer.type is \"NFKC\"")]
    [InlineData("null", """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"first"}""", "without split")]
    public void Other_steps_beside_byte_fallback_are_refused(string normaliser, string cut, string says)
        => Assert.Contains(says, TokenizerFiles.Refusal(Json(normaliser, cut)), StringComparison.Ordinal);

    private static string Json(string normaliser, string cut)
    {
        string[] tokens = ["<unk>", "\u2581", "a", "b", "ab", "\u2581ab", "\u2581\u2581", "<0xC3>", "<0xA9>", "<x>"];
        var vocabulary = string.Join(",", tokens.Select((token, id) => $"\"{token}\":{id}"));
        return $$$"""
            {"added_tokens":[{"id":9,"content":"<x>","special":true}],"normalizer":{{{normaliser}}},"pre_tokenizer":{{{cut}}},"post_processor":null,
             "decoder":{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Fuse"}]},
             "model":{"type":"BPE","unk_token":"<unk>","fuse_unk":true,"byte_fallback":true,"vocab":{ {{{vocabulary}}} },"merges":["\u2581 \u2581","a b","\u2581 ab"]}}
            """;
    }

    [Fact]
    public void Damaged_scores_are_refused()
    {
        using var folder = new TemporaryFolder();
        string Refusal(GgufBuilder file)
            => TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => TextTokenizer.Load(folder.Write("t.gguf", file.Build()))));
        var file = new GgufBuilder().Add("tokenizer.ggml.model", "llama").Add("tokenizer.ggml.tokens", (string[])["a", "b"]);
        Assert.Contains("tokenizer.ggml.scores is missing", Refusal(file), StringComparison.Ordinal);
        Assert.Contains("tokenizer.ggml.scores is an array of 1 values, expected 2 " +
            "numbers", Refusal(file.Add("tokenizer.ggml.scores", (float[])[1])), StringComparison.Ordinal);
    }

    private static int Find(TextTokenizer tokenizer, string token)
        => Enumerable
            .Range(0, tokenizer.VocabularySize)
            .Single(id => id > FirstByte + 255 && tokenizer.Show(id) == token.Replace('\u2581', ' '));

    private static string[] Tokens(TextTokenizer tokenizer, string text)
        => [.. tokenizer.Encode(text).Skip(1).Select(token => token.Text.Replace(' ', '\u2581'))];

    // Again and again the neighbours with the best score.
    private static List<string> Definition(List<string> symbols, Dictionary<string, float> scores)
    {
        while (true)
        {
            var best = -1;
            for (var i = 0; i + 1 < symbols.Count; i++)
            {
                if (
                    scores.TryGetValue(symbols[i] + symbols[i + 1], out var score)
                    && (best < 0 || score > scores[symbols[best] + symbols[best + 1]]))
                {
                    best = i;
                }
            }

            if (best < 0)
            {
                return symbols;
            }

            symbols[best] += symbols[best + 1];
            symbols.RemoveAt(best + 1);
        }
    }

    private static TextTokenizer Load(bool withBytes = true, bool prefix = true)
    {
        string[] bytes = withBytes ? [.. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>")] : [];
        string[] tokens = ["<unk>", "<s>", "</s>", .. bytes, .. words.Select(word => word.Token)];
        var file = new GgufBuilder().Add("tokenizer.ggml.model", "llama").Add("tokenizer.ggml.tokens", tokens)
            .Add("tokenizer.ggml.scores", (float[])[.. Enumerable.Repeat(0f, 3 + bytes.Length), .. words.Select(word => word.Score)])
            .Add("tokenizer.ggml.token_type", (int[])[2, 3, 3, .. bytes.Select(_ => 6), .. words.Select(_ => 1)])
            .Add("tokenizer.ggml.bos_token_id", 1u).Add("tokenizer.ggml.unknown_token_id", 0u)
            .Add("tokenizer.ggml.add_space_prefix", prefix);
        using var folder = new TemporaryFolder();
        return TextTokenizer.Load(folder.Write("tokenizer.gguf", file.Build()));
    }
}
