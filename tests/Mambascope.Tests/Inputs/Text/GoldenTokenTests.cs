using System.Text.Json;
using Mambascope.Inputs.Text;
using Xunit;

namespace Mambascope.Tests.Inputs.Text;

/// <summary>The ids of published tokenizers for 65 awkward and ordinary strings, and the way back.</summary>
public sealed class GoldenTokenTests(ITestOutputHelper output)
{
    [Fact]
    public void GptNeoX_gives_the_expected_ids() => Check(TokenizerFiles.GptNeoX, "gpt-neox.expected.json", composed: true);

    [Fact]
    public void Gpt2_gives_the_expected_ids() => Check(TokenizerFiles.Gpt2, "gpt2.expected.json", composed: false);

    [Fact]
    public void Vocabularies_have_their_published_sizes()
        => Assert.Equal((50_277, 50_257), (TokenizerFiles.GptNeoX.VocabularySize, TokenizerFiles.Gpt2.VocabularySize));

    private void Check(TextTokenizer tokenizer, string file, bool composed)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Golden.Path("tokenizers", file)));
        var (strings, tokens) = (0, 0);
        foreach (var item in expected.RootElement.EnumerateArray())
        {
            var text = item.GetProperty("text").GetString()!;
            var ids = item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            var found = tokenizer.Encode(text);
            Assert.True(
                ids.SequenceEqual(found.Select(token => token.Id)),
                $"{text}\nexpected {string.Join(' ', ids)}\nfound    {string.Join(' ', found.Select(token => token.Id))}");

            var back = tokenizer.Decode(ids);
            Assert.Equal(composed ? CanonicalForm.Compose(AlignedText.Of(text)).Text.ToString() : text, back);
            if (back == text)
            {
                Assert.Equal(found, tokenizer.Locate(ids));
            }

            // The pieces tell the whole text, without gap or overlap.
            Assert.Equal(text, string.Concat(TextPiece.Group(found, text).Select(piece => piece.Text)));
            strings++;
            tokens += ids.Length;
        }

        output.WriteLine($"{strings} strings, {tokens} tokens");
        Assert.Equal(65, strings);
    }
}
