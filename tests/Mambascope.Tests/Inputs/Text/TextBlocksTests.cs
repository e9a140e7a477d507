using Mambascope.Inputs.Text;
using Xunit;

namespace Mambascope.Tests.Inputs.Text;

public sealed class TextBlocksTests
{
    [Theory]
    [InlineData("To be,  or\nnot", "To| be,|  or|\nnot")]
    [InlineData(" To be ", " To| be| ")]
    [InlineData("naïve 🙂 ok", "naïve| 🙂| ok")]
    [InlineData("one", "one")]
    public void White_space_belongs_to_the_word_that_follows_it(string text, string words)
        => Assert.Equal(words, Joined(text, TextBlocks.Words));

    [Theory]
    [InlineData("To be. Or \"not?\" he said.", "To be.| Or \"not?\"| he said.")]
    [InlineData("First Citizen:\nBefore we proceed\n\nAll:", "First Citizen:|\nBefore we proceed|\n\nAll:")]
    [InlineData("3.14 is no end", "3.14 is no end")]
    public void A_sentence_ends_with_its_mark_or_its_line(string text, string sentences)
        => Assert.Equal(sentences, Joined(text, TextBlocks.Sentences));

    [Fact]
    public void Tokens_of_several_characters_begin_a_word_when_they_begin_with_its_space()
    {
        TextToken[] tokens = [new(0, "To", 0, 2), new(1, " b", 2, 4), new(2, "e or", 4, 8), new(3, " not", 8, 12)];
        Assert.Equal([0, 1, 3], TextBlocks.Words("To be or not", tokens));
    }

    [Fact]
    public void Tokens_without_text_are_one_block() => Assert.Equal([0], TextBlocks.Words("", [new(5, "[5]", 0, 0), new(6, "[6]", 0, 0)]));

    private static string Joined(string text, Func<string, IReadOnlyList<TextToken>, int[]> blocks)
    {
        var tokens = new ByteTokenizer().Encode(text);
        var starts = blocks(text, tokens);
        return string.Join(
            '|',
            starts.Select((start, i) => text[tokens[start].Start..(i + 1 < starts.Length ? tokens[starts[i + 1]].Start : text.Length)]));
    }
}
