using System.Text;
using System.Text.Json.Nodes;
using Mambascope.Inputs.Text;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Inputs.Text;

/// <summary>Files that are damaged or ask for what is not supported end with one line that says which part.</summary>
public sealed class TokenizerFileTests
{
    [Fact]
    public void A_missing_file_is_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "tokenizer.json was not found",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => TextTokenizer.Load(folder.Path))),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "is a list, expected an object")]
    [InlineData("{}", "model is missing")]
    [InlineData("{\"model\": 3}", "model is 3, expected an object")]
    public void A_file_of_another_kind_is_refused(string json, string said)
        => Assert.Contains(said, TokenizerFiles.Refusal(json), StringComparison.Ordinal);

    [Theory]
    [InlineData("model.type", "\"Unigram\"", "model.type is \"Unigram\", expected BPE")]
    [InlineData("model.type", "7", "model.type is 7, expected text")]
    [InlineData("model.vocab", "[1]", "model.vocab is a list, expected an object")]
    [InlineData("model.vocab", "{}", "model.vocab is empty")]
    [InlineData("model.vocab.a", "\"one\"", "model.vocab.a is \"one\", expected a whole number")]
    [InlineData("model.vocab.a", "-1", "model.vocab.a is -1, expected a whole number from 0")]
    [InlineData("model.vocab.a", "99999999999999999999", "expected a whole number from 0")]
    [InlineData("model.vocab.a", "1.5", "model.vocab.a is 1.5")]
    [InlineData("model.vocab.a", "0", "gives the id 0 to both ! and a")]
    [InlineData("model.merges", "null", "model.merges is missing")]
    [InlineData("model.merges", "[\"a zebra\"]", "model.merges[0] needs the token zebra, which model.vocab does not have")]
    [InlineData("model.merges", "[\"a b\"]", "model.merges[0] needs the token ab")]
    [InlineData("model.merges", "[\"ab\"]", "model.merges[0] is \"ab\", expected two tokens")]
    [InlineData("model.merges", "[[\"a\", 1]]", "model.merges[0][1] is 1, expected text")]
    [InlineData("model.merges", "[\"\\ud800 b\"]", "not valid Unicode")]
    [InlineData("model.dropout", "0.1", "model.dropout is 0.1, expected null")]
    [InlineData("model.byte_fallback", "true", "SentencePiece")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"", "model.end_of_word_suffix is \"</w>\"")]
    [InlineData("model.fuse_unk", "\"no\"", "model.fuse_unk is \"no\", expected true or false")]
    [InlineData("normalizer", "{\"type\": \"Lowercase\"}", "normalizer.type is \"Lowercase\", expected NFC or NFD")]
    [InlineData("normalizer", "{\"type\": \"Sequence\"}", "normalizer.normalizers is missing")]
    [InlineData("pre_tokenizer", "null", "0 ByteLevel steps, expected one")]
    [InlineData("pre_tokenizer", "{\"type\": \"Metaspace\"}", "pre_tokenizer.type is \"Metaspace\"")]
    [InlineData(
        "pre_tokenizer",
        "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"a++(\"}, \"behavior\": \"Isolated\"}",
        "pre_tokenizer.pattern.Regex is not supported")]
    [InlineData(
        "pre_tokenizer",
        "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"a\"}, \"behavior\": \"3\"}",
        "pre_tokenizer.behavior is \"3\", expected Isolated")]
    [InlineData("decoder", "null", "decoder is missing, expected ByteLevel")]
    [InlineData("decoder", "{\"type\": \"WordPiece\"}", "decoder.type is \"WordPiece\"")]
    [InlineData("post_processor", "{\"type\": \"BertProcessing\"}", "post_processor.type is \"BertProcessing\"")]
    [InlineData(
        "post_processor", "{\"type\": \"TemplateProcessing\", \"single\": [{}]}", "post_processor.single[0].SpecialToken is missing")]
    [InlineData(
        "added_tokens", "[{\"id\": 3, \"content\": \"<new>\"}]", "added_tokens[0] gives <new> the id 3, but in model.vocab that is $")]
    [InlineData("added_tokens", "[{\"id\": 900, \"content\": \"a\"}]", "added_tokens[0] gives a the id 900, but in model.vocab it is")]
    [InlineData(
        "added_tokens",
        "[{\"id\": 900, \"content\": \"x1\"}, {\"id\": 900, \"content\": \"x2\"}]",
        "added_tokens[1] gives the id 900 to x2, which x1 has already")]
    [InlineData("added_tokens", "[{\"content\": \"x\"}]", "added_tokens[0].id is missing")]
    public void A_wrong_part_is_named(string place, string value, string said)
    {
        var json = TokenizerFiles.Small();
        JsonNode part = json;
        var keys = place.Split('.');
        foreach (var key in keys[..^1])
        {
            part = part[key]!;
        }

        part[keys[^1]] = "REPLACED";
        Assert.Contains(
            said,
            TokenizerFiles.Refusal(json.ToJsonString().Replace("\"REPLACED\"", value, StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_gigantic_file_is_refused_unread()
    {
        using var folder = new TemporaryFolder();
        using (var file = File.Create(folder.File("tokenizer.json")))
        {
            file.SetLength(1L << 32);
        }

        Assert.Contains(
            "expected at most",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => TextTokenizer.Load(folder.Path))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_takes_for_ever_is_stopped()
    {
        var pattern = TextPattern.Of("(x+x+)+y", TimeSpan.FromMilliseconds(100)); // out of a file it has ten seconds
        var error = Assert.Throws<BadInputException>(() => pattern.Matches(new string('x', 5000).AsMemory()));
        Assert.Contains("(x+x+)+y needs more than 0.1 seconds", TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }
}
