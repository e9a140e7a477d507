using Mambascope.Inputs.Images;

namespace Mambascope.Imaging;

/// <summary>How a heat map's colours meet the picture beneath.</summary>
public enum OverlayBlend
{
    /// <summary>picture · (1 - opacity) + colour · opacity.</summary>
    Mix,

    /// <summary>picture + colour, divided by the greatest sum: the overlay of the papers' released code. The opacity is not used.</summary>
    Sum,
}

/// <summary>How a relevance map is drawn over a picture.</summary>
public sealed record HeatMapOptions
{
    /// <summary>The colours; turbo unless said otherwise.</summary>
    public ColorMap ColorMap { get; init; } = ColorMap.Turbo;

    /// <summary>The share of the colour in the mix, from 0 to 1.</summary>
    public float Opacity { get; init; } = 0.5f;

    /// <summary>How colour and picture are joined.</summary>
    public OverlayBlend Blend { get; init; } = OverlayBlend.Mix;
}

/// <summary>Relevance maps as colours over pictures.</summary>
public static class HeatMap
{
    /// <summary>
    /// The picture under the map: the map is enlarged bilinearly to the picture's size, brought to 0..1, coloured and laid over.
    /// A degenerate map (<see cref="MinMax"/>) shows as the lowest colour everywhere.
    /// </summary>
    /// <param name="image">The picture, as the model saw it or an enlargement of that.</param>
    /// <param name="map">(gridHeight, gridWidth) relevance of each patch, any range.</param>
    /// <param name="gridHeight">Rows of patches.</param>
    /// <param name="gridWidth">Patches in a row.</param>
    /// <param name="options">Colours and mixing.</param>
    /// <exception cref="ArgumentException">The map's length is not gridHeight · gridWidth, or the opacity is outside 0..1.</exception>
    public static RgbImage Overlay(RgbImage image, ReadOnlySpan<float> map, int gridHeight, int gridWidth, HeatMapOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        options ??= new HeatMapOptions();
        if (!(options.Opacity is >= 0 and <= 1))
            throw new ArgumentException($"expected an opacity from 0 to 1, found {options.Opacity}", nameof(options));
        var scaled = MinMax.Normalise(Upsampling.Bilinear(map, gridHeight, gridWidth, image.Height, image.Width));
        return options.Blend == OverlayBlend.Mix ? Mix(image, scaled.Values, options) : Sum(image, scaled.Values, options);
    }

    /// <summary>Values (height, width) in 0..1 as a picture of colours, one pixel each.</summary>
    /// <exception cref="ArgumentException">The length is not height · width.</exception>
    public static RgbImage Colors(ReadOnlySpan<float> values, int height, int width, ColorMap colorMap)
    {
        ArgumentNullException.ThrowIfNull(colorMap);
        if (values.Length != (long)height * width)
            throw new ArgumentException($"expected {height}x{width} values, found {values.Length}", nameof(values));
        var image = new RgbImage(width, height);
        for (var p = 0; p < values.Length; p++)
            (image.Pixels[p * 3], image.Pixels[(p * 3) + 1], image.Pixels[(p * 3) + 2]) = colorMap.At(values[p]);
        return image;
    }

    private static RgbImage Mix(RgbImage image, float[] values, HeatMapOptions options)
    {
        // Fixed point, so that the bytes are the same on every machine.
        var share = (int)MathF.Round(options.Opacity * 256);
        var result = new RgbImage(image.Width, image.Height);
        for (var p = 0; p < values.Length; p++)
        {
            var (red, green, blue) = options.ColorMap.At(values[p]);
            Blend(p * 3, red);
            Blend((p * 3) + 1, green);
            Blend((p * 3) + 2, blue);
        }

        return result;

        void Blend(int at, byte color) => result.Pixels[at] = (byte)(((image.Pixels[at] * (256 - share)) + (color * share) + 128) >> 8);
    }

    private static RgbImage Sum(RgbImage image, float[] values, HeatMapOptions options)
    {
        var colors = Colors(values, image.Height, image.Width, options.ColorMap).Pixels;
        var greatest = 1;
        for (var i = 0; i < colors.Length; i++)
            greatest = Math.Max(greatest, colors[i] + image.Pixels[i]);
        var result = new RgbImage(image.Width, image.Height);
        for (var i = 0; i < colors.Length; i++)
            result.Pixels[i] = (byte)(((colors[i] + image.Pixels[i]) * 255) / greatest);
        return result;
    }
}
