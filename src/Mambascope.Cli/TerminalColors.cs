using System.Globalization;
using System.Text;
using Mambascope.Application;
using Mambascope.Imaging;

namespace Mambascope.Cli;

/// <summary>Text with coloured backgrounds in a terminal: red speaks for the target, blue against, the deeper the more.</summary>
/// <param name="isTrue">Whether the terminal has 24-bit colour; else its 256 standard colours are used.</param>
internal sealed class TerminalColors(bool isTrue)
{
    // Fainter than this has no colour, so that the eye finds what matters whatever the terminal's own background.
    private const double Faintest = 0.06;
    private const int LegendSteps = 5;
    private const int DarkInk = 128;

    /// <summary>
    /// The colours of the terminal behind a stream; null where it is none, or where colour is not wanted (NO_COLOR, TERM=dumb).
    /// </summary>
    internal static TerminalColors? Of(TextWriter output)
    {
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        return isTerminal ? For(Environment.GetEnvironmentVariable) : null;
    }

    /// <summary>The colours that a terminal has, by what it says of itself.</summary>
    internal static TerminalColors? For(Func<string, string?> variable)
    {
        if (!string.IsNullOrEmpty(variable("NO_COLOR")) || variable("TERM") is "dumb")
        {
            return null;
        }

        return new(
            variable("COLORTERM") is "truecolor" or "24bit"
                || variable("WT_SESSION") is not null
                || variable("TERM") is { } term && term.EndsWith("-direct", StringComparison.Ordinal));
    }

    /// <summary>Writes pieces with the colours of their shares, line by line.</summary>
    internal void Write(TextWriter output, IReadOnlyList<ShownPiece> pieces, double[] values, double largest)
    {
        var text = new StringBuilder("  ");
        foreach (var piece in pieces)
        {
            // The colour ends before the line does, or a terminal would paint the rest of it.
            var lines = piece.Text.Split('\n');
            for (var i = 0; i < lines.Length; i++)
            {
                var isBroken = i + 1 < lines.Length;
                text.Append(Colored(ShownText.Line(lines[i]) + (isBroken ? "⏎" : ""), piece.Strength(values, largest)));
                text.Append(isBroken ? "\n  " : "");
            }
        }

        output.WriteLine(text.ToString());
    }

    /// <summary>What the colours stand for.</summary>
    internal string Legend(double largest, bool hasNegative)
    {
        var number = largest.ToString("G3", CultureInfo.InvariantCulture);
        var ramp = string.Concat(
            Enumerable
                .Range(hasNegative ? -LegendSteps : 0, (hasNegative ? LegendSteps : 0) + LegendSteps + 1)
                .Select(step => Colored(" ", (double)step / LegendSteps)));
        return hasNegative ? $"-{number} {ramp} {number}" : $"0 {ramp} {number}";
    }

    private string Colored(string text, double strength)
    {
        if (Math.Abs(strength) < Faintest || text.Length == 0)
        {
            return text;
        }

        var (r, g, b) = ColorMap.Diverging.At((float)((Math.Clamp(strength, -1, 1) + 1) / 2));
        var ink = ((299 * r) + (587 * g) + (114 * b)) / 1000 > DarkInk ? (Red: 0, Green: 0, Blue: 0) : (Red: 255, Green: 255, Blue: 255);
        return isTrue
            ? $"\u001b[48;2;{r};{g};{b};38;2;{ink.Red};{ink.Green};{ink.Blue}m{text}\u001b[0m"
            : $"\u001b[48;5;{Cube(r, g, b)};38;5;{Cube(ink.Red, ink.Green, ink.Blue)}m{text}\u001b[0m";
    }

    // The nearest of the 6 x 6 x 6 standard colours; their steps are 0, 95, 135, 175, 215 and 255.
    private static int Cube(int r, int g, int b)
    {
        return 16 + (36 * Step(r)) + (6 * Step(g)) + Step(b);

        static int Step(int value) => value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
    }
}
