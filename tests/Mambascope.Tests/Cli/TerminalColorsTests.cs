using Mambascope.Application;
using Mambascope.Cli;
using Xunit;

namespace Mambascope.Tests.Cli;

public sealed class TerminalColorsTests
{
    private static readonly ShownPiece[] pieces = [new("for", 0, 1), new("\nagainst", 1, 1), new("\u001b[2J", 2, 1)];

    [Fact]
    public void A_terminal_with_all_colours_gets_red_for_and_blue_against()
    {
        var text = Written(TerminalColors.For(name => name == "COLORTERM" ? "truecolor" : null)!);
        var (red, blue) = (Background(text, "for"), Background(text, "against"));
        Assert.True(red.R > 2 * red.B && blue.B > 1.5 * blue.R, $"{red} {blue}");
        Assert.Contains("␛[2J", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", text, StringComparison.Ordinal);

        // No line ends inside a colour.
        Assert.Contains("⏎\u001b[0m\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_terminals_get_their_256()
    {
        var text = Written(TerminalColors.For(name => name == "TERM" ? "xterm-256color" : null)!);
        Assert.Matches("\u001b\\[48;5;[0-9]+;38;5;[0-9]+mfor\u001b\\[0m", text);
    }

    [Theory]
    [InlineData("NO_COLOR", "1")]
    [InlineData("TERM", "dumb")]
    public void Who_wants_no_colour_gets_none(string variable, string value)
        => Assert.Null(TerminalColors.For(name => name == variable ? value : null));

    [Fact]
    public void A_file_is_no_terminal()
    {
        using var file = new StringWriter();
        Assert.Null(TerminalColors.Of(file));
    }

    private static string Written(TerminalColors colors)
    {
        using var output = new StringWriter { NewLine = "\n" };
        colors.Write(output, pieces, [2, -2, 0], largest: 2);
        return output.ToString();
    }

    private static (int R, int G, int B) Background(string text, string piece)
    {
        var before = text[..text.IndexOf(piece, StringComparison.Ordinal)];
        var numbers = before[(before.LastIndexOf("48;2;", StringComparison.Ordinal) + 5)..].Split(';');
        return (
            int.Parse(numbers[0], System.Globalization.CultureInfo.InvariantCulture),
            int.Parse(numbers[1], System.Globalization.CultureInfo.InvariantCulture),
            int.Parse(numbers[2], System.Globalization.CultureInfo.InvariantCulture));
    }
}
