using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests;

/// <summary>Whatever a file calls things, a message is one line that only shows.</summary>
public sealed class OneLineTests
{
    [Theory]
    [InlineData("plain name", "plain name")]
    [InlineData("Straße 🙂", "Straße 🙂")]
    [InlineData("a\u001b[31mred\u0007", "a?[31mred?")]
    [InlineData("two\r\nlines\u2028and\u0085more", "two??lines?and?more")]
    [InlineData("invoice\u202Egnp.exe", "invoice?gnp.exe")]
    [InlineData("a\u2066b\u200Bc\uFEFF", "a?b?c?")]
    public void What_acts_is_replaced_by_a_question_mark(string name, string shown)
    {
        Assert.Equal(shown, Printable.Name(name));
        Assert.Equal(shown, new BadInputException(name).Message);
        Assert.Equal(shown, new BadInputException(name, new IOException()).Message);
    }

    // Not as attributes: those are kept in UTF-8.
    [Fact]
    public void Halves_of_surrogate_pairs_are_replaced_too()
    {
        Assert.Equal("half ?", Printable.Name("half \ud83d"));
        Assert.Equal("?🙂", Printable.Name("\udc00\ud83d\ude42"));
    }

    [Fact]
    public void Long_names_and_messages_are_cut_between_characters()
    {
        Assert.Equal(new string('n', 120) + "...", Printable.Name(new string('n', 2_000_000)));
        Assert.Equal(new string('n', 119) + "...", Printable.Name(new string('n', 119) + "🙂🙂"));
        Assert.InRange(new BadInputException(new string('n', 2_000_000)).Message.Length, 1000, 4100);
        Assert.InRange(Printable.Reason(new IOException(new string('n', 2_000_000))).Length, 100, 400);
    }
}
