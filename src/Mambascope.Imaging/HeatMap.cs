using Mambascope.Inputs.Images;

namespace Mambascope.Imaging;

/// <summary>How a heat map's colours meet the picture beneath.</summary>
public enum OverlayBlend
{
    /// <summary>
    /// Relevance sets the opacity: where it is 0 the picture shows, at the ends of the scale the colour. The picture beneath is grey
    /// (<see cref="HeatMapOptions.KeepsColors"/>), so every colour is the map's.
    /// </summary>
    Relevance,

    /// <summary>picture · (1 - opacity) + colour · opacity.</summary>
    Mix,

    /// <summary>picture + colour, divided by the greatest sum: the overlay of the papers' released code. The opacity is not used.</summary>
    Sum,
}

/// <summary>How a relevance map is drawn over a picture.</summary>
public sealed record HeatMapOptions
{
    /// <summary>
    /// The colours; null for what the map needs: <see cref="Mambascope.Imaging.ColorMap.Diverging"/> with negative values, else <see
    /// cref="Mambascope.Imaging.ColorMap.Warm"/>.
    /// </summary>
    public ColorMap? ColorMap { get; init; }

    /// <summary>Between which values the colours run.</summary>
    public MapRange Range { get; init; }

    /// <summary>The quantile of absolute values at which the colours of <see cref="MapRange.FromZero"/> end.</summary>
    public double ClipQuantile { get; init; } = MapScaleRule.StandardQuantile;

    /// <summary>
    /// How colour and picture are joined; null for by relevance with colours that fade to white at 0, and a mix with all others.
    /// </summary>
    public OverlayBlend? Blend { get; init; }

    /// <summary>
    /// The share of the colour, from 0 to 1: in a mix everywhere (null: 0.5), by relevance where it is greatest (null: 0.85).
    /// </summary>
    public float? Opacity { get; init; }

    /// <summary>Whether the picture keeps its colours where relevance sets the opacity.</summary>
    public bool KeepsColors { get; init; }

    /// <summary>The scale of a map under these options.</summary>
    /// <param name="map">Relevance, any range.</param>
    public MapScale ScaleOf(ReadOnlySpan<float> map)
        => MapScale.Of(map, new() { Colors = ColorMap, Range = Range, ClipQuantile = ClipQuantile });
}

/// <summary>Relevance maps as colours over pictures.</summary>
public static class HeatMap
{
    private const float MixedOpacity = 0.5f;
    private const float GreatestOpacity = 0.85f;

    // The grey picture is brought nearer to white by this much of 256, so that colours stand out from its dark parts too.
    private const int Ink = 180;

    /// <summary>
    /// The picture under the map: the map is enlarged bilinearly to the picture's size, coloured and laid over. A degenerate map
    /// (<see cref="MapScale.Degenerate"/>) leaves the picture as it is, or has one colour where colours are mixed in; patches whose value
    /// is not finite are hatched.
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
        if (options.Opacity is { } opacity && !(opacity is >= 0 and <= 1))
        {
            throw new ArgumentException($"expected an opacity from 0 to 1, found {opacity}", nameof(options));
        }

        var scale = options.ScaleOf(map);
        var values = Upsampling.Bilinear(Finite(map), gridHeight, gridWidth, image.Height, image.Width);
        var result = Laid(image, values, scale, options);
        if (scale.MissingCount > 0)
        {
            Hatch(result, map, gridHeight, gridWidth);
        }

        return result;
    }

    /// <summary>
    /// A whole picture under the map of what a model saw of it; what the model did not see is grey and faded, with a line around the rest.
    /// </summary>
    /// <param name="image">The whole picture, at any size.</param>
    /// <param name="transform">How the model's input lies in it.</param>
    /// <param name="map">(gridHeight, gridWidth) relevance of each patch of the input, any range.</param>
    /// <param name="gridHeight">Rows of patches.</param>
    /// <param name="gridWidth">Patches in a row.</param>
    /// <param name="options">Colours and mixing.</param>
    public static RgbImage OverlayWhole(
        RgbImage image, ImageTransform transform, ReadOnlySpan<float> map, int gridHeight, int gridWidth, HeatMapOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(transform);
        options ??= new HeatMapOptions();
        var placed = (transform with { OriginalWidth = image.Width, OriginalHeight = image.Height })
            .MapToOriginal(Finite(map), gridHeight, gridWidth);
        return Unseen.Fade(Laid(image, Finite(placed), options.ScaleOf(map), options), image, transform);
    }

    private static float[] Finite(ReadOnlySpan<float> map)
    {
        var finite = map.ToArray();
        for (var i = 0; i < finite.Length; i++)
        {
            finite[i] = float.IsFinite(finite[i]) ? finite[i] : 0;
        }

        return finite;
    }

    private static RgbImage Laid(RgbImage image, float[] values, MapScale scale, HeatMapOptions options)
        => (options.Blend ?? (EndsAreColors(scale) ? OverlayBlend.Relevance : OverlayBlend.Mix)) switch
        {
            OverlayBlend.Relevance => ByRelevance(image, values, scale, options),
            OverlayBlend.Mix => Mix(image, Positions(values, scale), scale.Colors, options.Opacity ?? MixedOpacity),
            _ => Sum(image, Positions(values, scale), scale.Colors),
        };

    /// <summary>Values (height, width) in 0..1 as a picture of colours, one pixel each.</summary>
    /// <exception cref="ArgumentException">The length is not height · width.</exception>
    public static RgbImage Colors(ReadOnlySpan<float> values, int height, int width, ColorMap colorMap)
    {
        ArgumentNullException.ThrowIfNull(colorMap);
        if (values.Length != (long)height * width)
        {
            throw new ArgumentException($"expected {height}x{width} values, found {values.Length}", nameof(values));
        }

        var image = new RgbImage(width, height);
        for (var p = 0; p < values.Length; p++)
        {
            (image.Pixels[p * 3], image.Pixels[(p * 3) + 1], image.Pixels[(p * 3) + 2]) = colorMap.At(values[p]);
        }

        return image;
    }

    // The papers bring a map to 0..1 after enlarging it, which lowers single peaks.
    private static float[] Positions(float[] values, MapScale scale)
        => scale.Degenerate is not null ? new float[values.Length]
            : scale.Rule.Range == MapRange.MinMax ? MinMax.Normalise(values).Values
            : Array.ConvertAll(values, scale.Position);

    /// <summary>Whether white stands for 0, so that opacity in proportion to the value says the same as the scale over paper.</summary>
    private static bool EndsAreColors(MapScale scale)
        => scale.Colors.FadesToWhite && scale.Rule.Range == MapRange.FromZero && scale.Colors.IsDiverging == scale.IsSigned;

    private static RgbImage ByRelevance(RgbImage image, float[] values, MapScale scale, HeatMapOptions options)
    {
        var picture = options.KeepsColors ? image : Faded(image.ToGray());
        var opacity = options.Opacity ?? GreatestOpacity;
        var result = new RgbImage(image.Width, image.Height);
        var (fades, low, high) = (EndsAreColors(scale), scale.Colors.At(0), scale.Colors.At(1));
        for (var p = 0; p < values.Length; p++)
        {
            var share = (int)MathF.Round(scale.Strength(values[p]) * opacity * 256);
            var color = !fades ? scale.Colors.At(scale.Position(values[p])) : values[p] < 0 ? low : high;
            Blend(picture, result, p, color, share);
        }

        return result;
    }

    private static RgbImage Faded(RgbImage image)
    {
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)(255 - (((255 - image.Pixels[i]) * Ink) >> 8));
        }

        return image;
    }

    private static RgbImage Mix(RgbImage image, float[] positions, ColorMap colors, float opacity)
    {
        var share = (int)MathF.Round(opacity * 256);
        var result = new RgbImage(image.Width, image.Height);
        for (var p = 0; p < positions.Length; p++)
        {
            Blend(image, result, p, colors.At(positions[p]), share);
        }

        return result;
    }

    // Fixed point, share of 256, so that the bytes are the same on every machine.
    private static void Blend(RgbImage picture, RgbImage result, int pixel, (byte Red, byte Green, byte Blue) color, int share)
    {
        var at = pixel * 3;
        result.Pixels[at] = Of(picture.Pixels[at], color.Red, share);
        result.Pixels[at + 1] = Of(picture.Pixels[at + 1], color.Green, share);
        result.Pixels[at + 2] = Of(picture.Pixels[at + 2], color.Blue, share);

        static byte Of(byte below, byte above, int share) => (byte)(((below * (256 - share)) + (above * share) + 128) >> 8);
    }

    private static RgbImage Sum(RgbImage image, float[] positions, ColorMap colorMap)
    {
        var colors = Colors(positions, image.Height, image.Width, colorMap).Pixels;
        var greatest = 1;
        for (var i = 0; i < colors.Length; i++)
        {
            greatest = Math.Max(greatest, colors[i] + image.Pixels[i]);
        }

        var result = new RgbImage(image.Width, image.Height);
        for (var i = 0; i < colors.Length; i++)
        {
            result.Pixels[i] = (byte)(((colors[i] + image.Pixels[i]) * 255) / greatest);
        }

        return result;
    }

    /// <summary>Diagonal stripes over the patches that have no value: no scale has such a colour.</summary>
    private static void Hatch(RgbImage image, ReadOnlySpan<float> map, int gridHeight, int gridWidth)
    {
        var stripe = Math.Max(Math.Min(image.Width / gridWidth, image.Height / gridHeight) / 4, 1);
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                if (float.IsFinite(
                    map[((int)((long)y * gridHeight / image.Height) * gridWidth) + (int)((long)x * gridWidth / image.Width)]))
                {
                    continue;
                }

                var color = (x + y) / stripe % 2 == 0 ? Theme.Missing : Theme.Soft;
                var pixel = image.Row(y).Slice(x * 3, 3);
                (pixel[0], pixel[1], pixel[2]) = (color.Red, color.Green, color.Blue);
            }
        }
    }
}
