using Mambascope.Application;
using Mambascope.Inputs.Text;
using Xunit;

namespace Mambascope.Tests.Application;

public sealed class ShownTextTests
{
    [Theory]
    [InlineData("plain naïve 🙂", "plain naïve 🙂")]
    [InlineData("a\nb\tc\r\u001b[31m\u007f", "a⏎b⇥c␍␛[31m␡")]
    [InlineData("\u009b1m\u202E\u2028", "\uFFFD1m\uFFFD\uFFFD")]
    [InlineData("\0", "␀")]
    public void Control_characters_become_signs(string text, string shown) => Assert.Equal(shown, ShownText.Line(text));

    [Fact]
    public void Half_a_character_is_none() => Assert.Equal("a\uFFFDb", ShownText.Line("a\uD800b"));

    [Fact]
    public void Lines_and_tabs_can_stay() => Assert.Equal("a\n\tb␛", ShownText.Lines("a\n\tb\u001b"));

    [Fact]
    public void A_long_text_is_cut_between_characters() => Assert.Equal("🙂🙂…", ShownText.Line("🙂🙂🙂", most: 2));

    [Fact]
    public void Bytes_of_a_character_are_one_piece_and_their_relevance_adds_up()
    {
        var tokens = new ByteTokenizer().Encode("aé🙂b");
        var pieces = ShownPiece.Of(new("aé🙂b", tokens));
        Assert.Equal(["a", "é", "🙂", "b"], pieces.Select(piece => piece.Text));
        Assert.Equal([1, 2, 4, 1], pieces.Select(piece => piece.Count));
        Assert.Equal(0.5, pieces[1].Strength([1, 2, 3, 0, 0, 0, 0, 0], largest: 10));
        Assert.Equal(0, pieces[1].Strength(new double[8], largest: 0));
    }

    [Fact]
    public void Tokens_without_text_are_shown_as_their_ids()
        => Assert.Equal(["[3]", "[9]"], ShownPiece.Of(new("", [new(3, "[3]", 0, 0), new(9, "[9]", 0, 0)])).Select(piece => piece.Text));
}
