namespace Mambascope.Imaging;

/// <summary>A scale of 256 colours for values from 0 to 1.</summary>
public sealed class ColorMap
{
    private readonly byte[] rgb;

    private ColorMap(string name, bool isDiverging, Func<int, (byte Red, byte Green, byte Blue)> color, bool fadesToWhite = false)
    {
        Name = name;
        IsDiverging = isDiverging;
        FadesToWhite = fadesToWhite;
        rgb = new byte[256 * 3];
        for (var i = 0; i < 256; i++)
        {
            (rgb[i * 3], rgb[(i * 3) + 1], rgb[(i * 3) + 2]) = color(i);
        }
    }

    /// <summary>A rainbow with smooth lightness.</summary>
    public static ColorMap Turbo { get; } = new("turbo", false, FromTable(ColorTables.Turbo));

    /// <summary>
    /// The rainbow of the papers (the one in OpenCV and MATLAB), for pictures that must look like theirs. Its lightness misleads.
    /// </summary>
    public static ColorMap Jet { get; } = new("jet", false, i =>
    {
        // Three tents of height 3/2, cut at 1, centred on 3/4 (red), 1/2 (green) and 1/4 (blue).
        static byte Tent(double distance) => (byte)Math.Round(255 * Math.Clamp(1.5 - Math.Abs(distance), 0, 1));
        var v = 4 * i / 255.0;
        return (Tent(v - 3), Tent(v - 2), Tent(v - 1));
    });

    /// <summary>Even in lightness, from dark violet to yellow; the default for attention matrices.</summary>
    public static ColorMap Viridis { get; } = new("viridis", false, FromTable(ColorTables.Viridis));

    /// <summary>Black to white.</summary>
    public static ColorMap Gray { get; } = new("gray", false, i => ((byte)i, (byte)i, (byte)i));

    /// <summary>
    /// Blue below ½, near white at ½, red above; for signed values, with 0 at ½. Both arms have the same lightness, and stay apart for
    /// colour-blind readers, who tell them by blue against yellow.
    /// </summary>
    public static ColorMap Diverging { get; } = new("diverging", true, i => TwoSided(((2 * i) - 255) / 255.0), fadesToWhite: true);

    /// <summary>
    /// Near white to red, the upper half of <see cref="Diverging"/>: for values without a sign, so that red means the same on both.
    /// </summary>
    public static ColorMap Warm { get; } = new("warm", false, i => TwoSided(i / 255.0), fadesToWhite: true);

    /// <summary>All maps.</summary>
    public static IReadOnlyList<ColorMap> All { get; } = [Turbo, Jet, Viridis, Gray, Diverging, Warm];

    /// <summary>Lower-case name, as <see cref="FromName"/> takes it.</summary>
    public string Name { get; }

    /// <summary>Whether the middle is a neutral colour and stands for 0.</summary>
    public bool IsDiverging { get; }

    /// <summary>
    /// Whether 0 is white, the colour of paper. Laid over a picture by opacity (<see cref="OverlayBlend.Relevance"/>), such a map gives its
    /// end
    /// colours, and the picture stands where white would.
    /// </summary>
    public bool FadesToWhite { get; }

    /// <summary>The map of that name.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static ColorMap FromName(string name) =>
        All.FirstOrDefault(map => string.Equals(map.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new BadInputException($"colour map '{name}': expected one of {string.Join(", ", All.Select(map => map.Name))}");

    /// <summary>The colour of <paramref name="value"/>, clamped to 0..1; of the 256 colours the nearest. NaN is the lowest.</summary>
    public (byte Red, byte Green, byte Blue) At(float value)
    {
        var i = value > 0 ? (int)((Math.Min(value, 1) * 255) + 0.5f) * 3 : 0;
        return (rgb[i], rgb[i + 1], rgb[i + 2]);
    }

    private static Func<int, (byte, byte, byte)> FromTable(string hex)
    {
        var table = Convert.FromHexString(hex);
        return i => (table[i * 3], table[(i * 3) + 1], table[(i * 3) + 2]);
    }

    /// <summary>
    /// Computed here, no table: in Oklch (Björn Ottosson, 2020) the lightness falls equally to both sides, the hue is fixed on each side,
    /// and the chroma rises to the ends, nearly as far as sRGB allows. From -1 (blue) over 0 to 1 (red).
    /// </summary>
    private static (byte Red, byte Green, byte Blue) TwoSided(double v)
    {
        var t = Math.Abs(v);
        var lightness = 0.975 - (0.415 * Math.Pow(t, 1.1));
        var chroma = (v < 0 ? 0.17 : 0.2) * Math.Sin(Math.PI / 2 * Math.Pow(t, 0.85));
        return Oklch.ToRgb(lightness, chroma, v < 0 ? 257 : 34);
    }
}
