namespace Mambascope.Imaging.Reports;

/// <summary>A piece of text with a strength, shown as the depth of its colour.</summary>
/// <param name="Text">What is written.</param>
/// <param name="Strength">From -1 (against, blue) over 0 (no colour) to 1 (for, red).</param>
/// <param name="Description">Said when the reader points at it.</param>
/// <param name="View">The <see cref="ReportView"/> that a click on it shows; null for none.</param>
public readonly record struct MarkedPiece(string Text, double Strength, string Description, string? View = null)
{
    /// <summary>Whether it has a frame, as the piece that everything else is about.</summary>
    public bool IsHere { get; init; }
}

/// <summary>Running text whose pieces are coloured by their strength, with what the colours mean below it.</summary>
/// <param name="Pieces">The text, piece after piece; nothing is put between them.</param>
/// <param name="Least">What strength -1 stands for, in words; null where nothing is negative.</param>
/// <param name="Most">What strength 1 stands for, in words.</param>
public sealed record MarkedText(IReadOnlyList<MarkedPiece> Pieces, string? Least, string Most)
{
    /// <summary>Number of depths of each colour, m1 to m20 and p1 to p20 in the style sheet.</summary>
    internal const int Depths = 20;

    /// <summary>
    /// Colours are laid over the page and never opaque (<see cref="PagePalette"/>), so that ink stays readable on a light and on a dark
    /// page.
    /// </summary>
    internal static string Styles
        => string.Concat(Enumerable.Range(1, Depths).Select(depth =>
            FormattableString.Invariant($".p{depth} {{ background: rgb(var(--for) / {Opacity(depth):0.###}); }}\n")
            + FormattableString.Invariant($".m{depth} {{ background: rgb(var(--against) / {Opacity(depth):0.###}); }}\n")));

    internal void Write(Markup page)
    {
        // Spaces and line ends are the text's own: content that begins with text, empty as it is, is not indented.
        page.Open("div", ("class", "marked")).Text("");
        foreach (var piece in Pieces)
        {
            var link = piece.View is null ? null : "#" + piece.View;
            page.Leaf(
                link is null ? "span" : "a",
                piece.Text,
                ("class", piece.IsHere ? $"{Class(piece.Strength)} here".TrimStart() : Class(piece.Strength)),
                ("title", piece.Description),
                ("href", link));
        }

        page.Close().Open("p", ("class", "legend")).Text("");
        if (Least is not null)
        {
            page.Leaf("span", Least, ("class", Class(-1)));
            Ramp(page, -1);
        }

        page.Leaf("span", "0");
        Ramp(page, 1);
        page.Leaf("span", Most, ("class", Class(1))).Close();
    }

    private static double Opacity(int depth) => PagePalette.GreatestOpacity * depth / Depths;

    // From no colour to full colour, or the other way round.
    private static void Ramp(Markup page, int sign)
    {
        const int Steps = 5;
        for (var i = 1; i < Steps; i++)
        {
            page.Leaf("span", "\u00A0\u00A0", ("class", Class(sign * (sign > 0 ? i : Steps - i) / (double)Steps)), ("aria-hidden", "true"));
        }
    }

    private static string? Class(double strength)
    {
        var depth = (int)Math.Round(Math.Min(1, Math.Abs(strength)) * Depths);
        return depth == 0 || !double.IsFinite(strength) ? null : $"{(strength > 0 ? 'p' : 'm')}{depth}";
    }
}
