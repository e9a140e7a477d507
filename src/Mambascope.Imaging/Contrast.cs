namespace Mambascope.Imaging;

/// <summary>How well letters can be told from what is behind them, as the Web Content Accessibility Guidelines 2 measure it.</summary>
public static class Contrast
{
    /// <summary>The least ratio for running text (level AA).</summary>
    public const double ForText = 4.5;

    /// <summary>From 1 (equal) to 21 (black on white): (lighter + 0.05) / (darker + 0.05) of the relative luminances.</summary>
    public static double Ratio((byte Red, byte Green, byte Blue) a, (byte Red, byte Green, byte Blue) b)
    {
        var (first, second) = (Luminance(a), Luminance(b));
        return (Math.Max(first, second) + 0.05) / (Math.Min(first, second) + 0.05);
    }

    /// <summary>
    /// Black or white, whichever is easier to read on <paramref name="background"/>. One of them always has 4.58 or more.
    /// </summary>
    public static (byte Red, byte Green, byte Blue) InkOn((byte Red, byte Green, byte Blue) background)
        => Ratio(background, (0, 0, 0)) >= Ratio(background, (255, 255, 255))
            ? ((byte)0, (byte)0, (byte)0)
            : ((byte)255, (byte)255, (byte)255);

    private static double Luminance((byte Red, byte Green, byte Blue) color)
        => (0.2126 * Linear(color.Red)) + (0.7152 * Linear(color.Green)) + (0.0722 * Linear(color.Blue));

    private static double Linear(byte value)
    {
        var c = value / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
    }
}
