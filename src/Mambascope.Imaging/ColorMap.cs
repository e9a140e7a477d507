namespace Mambascope.Imaging;

/// <summary>A scale of 256 colours for values from 0 to 1.</summary>
public sealed class ColorMap
{
    private readonly byte[] rgb;

    private ColorMap(string name, bool isDiverging, Func<int, (byte Red, byte Green, byte Blue)> color)
    {
        Name = name;
        IsDiverging = isDiverging;
        rgb = new byte[256 * 3];
        for (var i = 0; i < 256; i++)
            (rgb[i * 3], rgb[(i * 3) + 1], rgb[(i * 3) + 2]) = color(i);
    }

    /// <summary>A rainbow with smooth lightness; the default for heat maps.</summary>
    public static ColorMap Turbo { get; } = new("turbo", false, FromTable(ColorTables.Turbo));

    /// <summary>The rainbow of the papers (the one in OpenCV and MATLAB), for pictures that must look like theirs. Its lightness misleads.</summary>
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

    /// <summary>Blue below ½, near white at ½, red above; for signed values, with 0 at ½. Both arms have the same lightness.</summary>
    public static ColorMap Diverging { get; } = new("diverging", true, DivergingColor);

    /// <summary>All maps.</summary>
    public static IReadOnlyList<ColorMap> All { get; } = [Turbo, Jet, Viridis, Gray, Diverging];

    /// <summary>Lower-case name, as <see cref="FromName"/> takes it.</summary>
    public string Name { get; }

    /// <summary>Whether the middle is a neutral colour and stands for 0.</summary>
    public bool IsDiverging { get; }

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
    /// and the chroma rises and then falls, as far as sRGB allows.
    /// </summary>
    private static (byte Red, byte Green, byte Blue) DivergingColor(int i)
    {
        var v = ((2 * i) - 255) / 255.0;
        var t = Math.Abs(v);
        var lightness = 0.975 - (0.58 * Math.Pow(t, 1.15));
        var chroma = 0.165 * Math.Sin(Math.PI * Math.Pow(t, 0.9) * 0.74);
        var hue = (v < 0 ? 254 : 27) * Math.PI / 180;
        var (a, b) = (chroma * Math.Cos(hue), chroma * Math.Sin(hue));

        var l = Math.Pow(lightness + (0.3963377774 * a) + (0.2158037573 * b), 3);
        var m = Math.Pow(lightness - (0.1055613458 * a) - (0.0638541728 * b), 3);
        var s = Math.Pow(lightness - (0.0894841775 * a) - (1.2914855480 * b), 3);
        return (
            Encode((4.0767416621 * l) - (3.3077115913 * m) + (0.2309699292 * s)),
            Encode((-1.2684380046 * l) + (2.6097574011 * m) - (0.3413193965 * s)),
            Encode((-0.0041960863 * l) - (0.7034186147 * m) + (1.7076147010 * s)));
    }

    private static byte Encode(double linear)
    {
        var c = Math.Clamp(linear, 0, 1);
        return (byte)Math.Round(255 * (c <= 0.0031308 ? 12.92 * c : (1.055 * Math.Pow(c, 1 / 2.4)) - 0.055));
    }
}
