namespace Mambascope.Inputs.Images;

/// <summary>
/// From a decoded picture to a model's input: resize, centre crop, scale to 0..1, subtract the mean, divide by the deviation.
/// A value: change one part with a <c>with</c> expression. The presets are the three preprocessings Vision Mamba is used with (ImageNet
/// mean and deviation); <see cref="PreprocessingConfig"/> reads a model's own.
/// </summary>
public sealed record Preprocessing
{
    private const string Unstated = "given";

    /// <summary>Names accepted by <see cref="FromName"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["resize256-crop224", "resize224-crop224", "squash"];

    /// <summary>The size before cropping; null leaves the picture as it is.</summary>
    public ResizeRule? Resize { get; init; }

    /// <summary>The interpolation of the resize.</summary>
    public ResizeFilter Filter { get; init; } = ResizeFilter.Bilinear;

    /// <summary>Columns and rows kept from the centre; null keeps all. A picture smaller than the crop is centred on black.</summary>
    public (int Width, int Height)? Crop { get; init; }

    /// <summary>What a byte is multiplied by, 1/255 as a rule.</summary>
    public double RescaleFactor { get; init; } = 1.0 / 255.0;

    /// <summary>Subtracted after rescaling, one value a channel. One value makes the input grey-scale: the luma of the picture.</summary>
    public float[] Mean { get; init; } = [0.485f, 0.456f, 0.406f];

    /// <summary>Divided by, one value a channel.</summary>
    public float[] StandardDeviation { get; init; } = [0.229f, 0.224f, 0.225f];

    /// <summary>Where size, crop and filter come from, for people: a file, an option or an assumption.</summary>
    public string SizesFrom { get; init; } = Unstated;

    /// <summary>Where mean and deviation come from, for people.</summary>
    public string NormalisationFrom { get; init; } = Unstated;

    /// <summary>Where all of it comes from, for people.</summary>
    public string Source => SizesFrom == NormalisationFrom ? SizesFrom : $"{SizesFrom}; mean and std {NormalisationFrom}";

    /// <summary>
    /// What it does to any picture, in one line: <c>shorter side to 64 (bicubic), centre 56x56; mean 0.5, std 0.5 (config.json of
    /// timm)</c>.
    /// </summary>
    public string Words => PreprocessingDescription.WordsOf(this);

    /// <summary>Channels of the input: 3, or 1 for a grey-scale model.</summary>
    public int ChannelCount => Mean.Length;

    /// <summary>
    /// Shorter side to imageSize / 0.875, bicubic, then the centre: how Vision Mamba's accuracy is measured (224 gives 256, 56 gives 64).
    /// </summary>
    public static Preprocessing Resize256Crop224(int imageSize = 224) => new()
    {
        Resize = new ResizeShorterSide((int)(imageSize / 0.875)),
        Filter = ResizeFilter.Bicubic,
        Crop = (imageSize, imageSize),
    };

    /// <summary>
    /// Shorter side to the model's size, bilinear, then the centre: the notebook released with the hidden attention paper.
    /// </summary>
    public static Preprocessing Resize224Crop224(int imageSize = 224) => new()
    {
        Resize = new ResizeShorterSide(imageSize),
        Crop = (imageSize, imageSize),
    };

    /// <summary>Both sides to the model's size, bilinear, aspect ratio not kept: the paper's segmentation test.</summary>
    public static Preprocessing Squash(int imageSize = 224) => new() { Resize = new ResizeExactly(imageSize, imageSize) };

    /// <summary>The preset called <paramref name="name"/>, its numbers scaled with the model's image size.</summary>
    /// <exception cref="BadInputException">There is no such preset.</exception>
    public static Preprocessing FromName(string name, int imageSize = 224) => name switch
    {
        "resize256-crop224" => Resize256Crop224(imageSize).From($"preset {name}"),
        "resize224-crop224" => Resize224Crop224(imageSize).From($"preset {name}"),
        "squash" => Squash(imageSize).From($"preset {name}"),
        _ => throw new BadInputException($"preprocessing '{name}': expected one of {string.Join(", ", Names)}"),
    };

    /// <summary>
    /// The same for a model of another channel count. Three channels become one by averaging mean and deviation; one becomes three by
    /// repeating them.
    /// </summary>
    /// <exception cref="BadInputException"><paramref name="channelCount"/> is neither 1 nor 3.</exception>
    public Preprocessing WithChannels(int channelCount)
        => channelCount switch
        {
            _ when channelCount == ChannelCount => this,
            1 => this with { Mean = [Mean.Average()], StandardDeviation = [StandardDeviation.Average()] },
            3 => this with
            {
                Mean = [Mean[0], Mean[0], Mean[0]],
                StandardDeviation = [StandardDeviation[0], StandardDeviation[0], StandardDeviation[0]],
            },
            _ => throw new BadInputException($"image channels: expected 1 or 3, found {channelCount}"),
        };

    /// <summary>The same, said to come from <paramref name="source"/>.</summary>
    public Preprocessing From(string source) => this with { SizesFrom = source, NormalisationFrom = source };

    /// <summary>The same with another mean or deviation; what is null stays. One value is meant for all channels.</summary>
    /// <param name="mean">1 value, or one a channel.</param>
    /// <param name="standardDeviation">1 value, or one a channel; above 0.</param>
    /// <param name="source">Where they come from, for people, such as "--mean".</param>
    /// <exception cref="BadInputException">Another number of values, or values out of range.</exception>
    public Preprocessing WithNormalisation(IReadOnlyList<float>? mean, IReadOnlyList<float>? standardDeviation, string source)
    {
        var changed = this with
        {
            Mean = Spread(mean, "means") ?? Mean,
            StandardDeviation = Spread(standardDeviation, "deviations") ?? StandardDeviation,
            NormalisationFrom = (mean, standardDeviation) switch
            {
                (null, null) => NormalisationFrom,
                (not null, not null) => source,
                _ => $"{(mean is null ? "std" : "mean")} {source}, the other {NormalisationFrom}",
            },
        };
        changed.CheckNormalisation();
        return changed;

        float[]? Spread(IReadOnlyList<float>? values, string what) => values switch
        {
            null => null,
            { Count: 1 } => [.. Enumerable.Repeat(values[0], ChannelCount)],
            _ when values.Count == ChannelCount => [.. values],
            _ => throw new BadInputException($"image normalisation: expected 1 or {ChannelCount} {what}, found {values.Count}"),
        };
    }

    /// <summary>The size of what <see cref="Apply"/> makes of a picture of <paramref name="width"/> x <paramref name="height"/>.</summary>
    public (long Width, long Height) OutputSize(int width, int height) =>
        Crop is { } crop ? (crop.Width, crop.Height) : Resize?.Target(width, height) ?? (width, height);

    /// <summary>Resizes, crops and normalises.</summary>
    /// <exception cref="BadInputException">The result would be out of range, or mean and deviation do not fit together.</exception>
    public PreprocessedImage Apply(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        CheckNormalisation();
        var transform = TransformOf(image);
        var seen = ResizeAndCrop(ChannelCount == 1 ? image.ToGray() : image, transform);
        var isResized = transform.ResizedWidth != image.Width || transform.ResizedHeight != image.Height;
        return new PreprocessedImage(seen, Normalise(seen), ChannelCount)
        {
            Transform = transform,
            Description = new(transform, isResized ? Filter : null, RescaleFactor, Mean, StandardDeviation, SizesFrom, NormalisationFrom),
        };
    }

    /// <summary>
    /// The picture that <see cref="Apply"/> would have normalised to <paramref name="pixelValues"/> (channels, height, width),
    /// for an overlay on an input that arrived as a tensor. Values outside 0..255 are clipped.
    /// </summary>
    /// <exception cref="BadInputException">The length does not fit the sizes.</exception>
    public RgbImage Restore(ReadOnlySpan<float> pixelValues, int width, int height)
    {
        CheckNormalisation();
        RgbImage.CheckSize(width, height, "pixel_values");
        var plane = width * height;
        if (pixelValues.Length != (long)plane * ChannelCount)
        {
            throw new BadInputException($"pixel_values: expected {ChannelCount}x{height}x{width} values, found {pixelValues.Length}");
        }

        var image = new RgbImage(width, height);
        for (var channel = 0; channel < 3; channel++)
        {
            var source = ChannelCount == 1 ? 0 : channel;
            for (var p = 0; p < plane; p++)
            {
                var value = ((pixelValues[(source * plane) + p] * StandardDeviation[source]) + Mean[source]) / RescaleFactor;
                image.Pixels[(p * 3) + channel] = double.IsFinite(value) ? (byte)Math.Clamp(Math.Round(value), 0, 255) : (byte)0;
            }
        }

        return image;
    }

    /// <summary>How the input made of a picture lies in it.</summary>
    private ImageTransform TransformOf(RgbImage image)
    {
        var (fullWidth, fullHeight) = Resize?.Target(image.Width, image.Height) ?? (image.Width, image.Height);
        var (width, height) = Crop ?? (0, 0);
        if (Crop is null)
        {
            RgbImage.CheckSize(fullWidth, fullHeight, "resized image");
            (width, height) = ((int)fullWidth, (int)fullHeight);
        }

        RgbImage.CheckSize(width, height, "cropped image");
        return new()
        {
            OriginalWidth = image.Width,
            OriginalHeight = image.Height,
            ResizedWidth = fullWidth,
            ResizedHeight = fullHeight,
            Left = CropOffset(fullWidth, width),
            Top = CropOffset(fullHeight, height),
            Width = width,
            Height = height,
            Orientation = image.Orientation,
        };
    }

    private RgbImage ResizeAndCrop(RgbImage image, ImageTransform transform)
    {
        var (fullWidth, fullHeight) = (transform.ResizedWidth, transform.ResizedHeight);
        var (left, top, width, height) = (transform.Left, transform.Top, transform.Width, transform.Height);
        if (left >= 0 && top >= 0)
        {
            return PilResize.ResizeWindow(image, fullWidth, fullHeight, left, top, width, height, Filter);
        }

        // Smaller than the crop on at least one axis: take what there is and centre it on black.
        var inner = PilResize.ResizeWindow(
            image,
            fullWidth,
            fullHeight,
            Math.Max(left, 0),
            Math.Max(top, 0),
            (int)Math.Min(width, fullWidth),
            (int)Math.Min(height, fullHeight),
            Filter);
        var padded = new RgbImage(width, height);
        var (x, y) = ((int)Math.Max(-left, 0), (int)Math.Max(-top, 0));
        for (var row = 0; row < inner.Height; row++)
        {
            inner.Row(row).CopyTo(padded.Row(y + row)[(x * 3)..]);
        }

        return padded;
    }

    /// <summary>
    /// Where a centre crop begins: half the difference, rounded half to even (torchvision; Hugging Face's own processors round down,
    /// one pixel away for differences of 4k + 3). Negative where the picture must be padded, by half the lack rounded down.
    /// </summary>
    internal static long CropOffset(long size, int crop) =>
        size >= crop ? (long)Math.Round((size - crop) / 2.0, MidpointRounding.ToEven) : -((crop - size) / 2);

    private float[] Normalise(RgbImage image)
    {
        var plane = image.Width * image.Height;
        var values = new float[plane * ChannelCount];
        Span<float> table = stackalloc float[256];
        for (var channel = 0; channel < ChannelCount; channel++)
        {
            for (var b = 0; b < 256; b++)
            {
                table[b] = (Rescale(b) - Mean[channel]) / StandardDeviation[channel];
            }

            var target = values.AsSpan(channel * plane, plane);
            for (int p = 0, at = channel; p < plane; p++, at += 3)
            {
                target[p] = table[image.Pixels[at]];
            }
        }

        return values;
    }

    // Dividing by 255 in float32, as ToTensor does, is not the same float as multiplying by the nearest float to 1/255.
    private float Rescale(int value) => Math.Abs((RescaleFactor * 255) - 1) < 1e-6 ? value / 255f : (float)(value * RescaleFactor);

    private void CheckNormalisation()
    {
        if (Mean.Length is not (1 or 3) || StandardDeviation.Length != Mean.Length)
        {
            throw new BadInputException(
                $"image normalisation: expected 1 or 3 means and as many deviations, found {Mean.Length} and {StandardDeviation.Length}");
        }

        if (!Mean.All(float.IsFinite) || !StandardDeviation.All(s => float.IsFinite(s) && s > 0))
        {
            throw new BadInputException("image normalisation: expected finite means and deviations above 0");
        }

        if (!double.IsFinite(RescaleFactor) || RescaleFactor <= 0)
        {
            throw new BadInputException($"image normalisation: expected a rescale factor above 0, found {RescaleFactor}");
        }
    }
}
