namespace Mambascope.Imaging;

/// <summary>A colour by lightness, colourfulness and hue as the eye has them: Oklch (Björn Ottosson, 2020).</summary>
internal static class Oklch
{
    /// <summary>The nearest sRGB colour; channels that sRGB cannot hold are cut off.</summary>
    /// <param name="lightness">0 (black) to 1 (white).</param>
    /// <param name="chroma">0 (grey) to about 0.3.</param>
    /// <param name="hue">Degrees: red near 29, yellow 110, green 142, blue 264.</param>
    internal static (byte Red, byte Green, byte Blue) ToRgb(double lightness, double chroma, double hue)
    {
        var (sine, cosine) = Math.SinCos(hue * Math.PI / 180);
        var (a, b) = (chroma * cosine, chroma * sine);
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
