namespace Mambascope.Imaging.Reports;

/// <summary>The colours of a page and of what is marked on it, for a light or a dark page.</summary>
/// <param name="Page">Behind everything.</param>
/// <param name="Ink">Letters.</param>
/// <param name="For">Laid over the page behind what speaks for something.</param>
/// <param name="Against">Laid over the page behind what speaks against it.</param>
internal sealed record PagePalette(
    (byte Red, byte Green, byte Blue) Page,
    (byte Red, byte Green, byte Blue) Ink,
    (byte Red, byte Green, byte Blue) For,
    (byte Red, byte Green, byte Blue) Against)
{
    /// <summary>
    /// The share of the colour at full strength. With the colours below it keeps a contrast of 4.5 to 1 with the ink; a test says so.
    /// </summary>
    internal const double GreatestOpacity = 0.75;

    /// <summary>The ends of <see cref="ColorMap.Diverging"/>, so that pictures and pages agree.</summary>
    internal static PagePalette Light { get; } = new(
        (0xFF, 0xFF, 0xFF), (0x15, 0x1A, 0x23), ColorMap.Diverging.At(1), ColorMap.Diverging.At(0));

    /// <summary>The same hues, a little lighter.</summary>
    internal static PagePalette Dark { get; } = new((0x12, 0x16, 0x1D), (0xE8, 0xEB, 0xF0), (226, 72, 24), (48, 118, 222));

    /// <summary>What a reader sees behind a piece of this strength, -1 (against) to 1 (for); 0 is the page itself.</summary>
    internal (byte Red, byte Green, byte Blue) Behind(double strength)
    {
        var (color, share) = (strength < 0 ? Against : For, GreatestOpacity * Math.Min(Math.Abs(strength), 1));
        return (Mix(Page.Red, color.Red, share), Mix(Page.Green, color.Green, share), Mix(Page.Blue, color.Blue, share));
    }

    /// <summary>The colour as a style sheet writes it, "255 255 255".</summary>
    internal static string Css((byte Red, byte Green, byte Blue) color)
        => FormattableString.Invariant($"{color.Red} {color.Green} {color.Blue}");

    private static byte Mix(byte below, byte above, double share) => (byte)Math.Round((below * (1 - share)) + (above * share));
}
