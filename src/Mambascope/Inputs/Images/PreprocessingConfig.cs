using System.Text.Json;

namespace Mambascope.Inputs.Images;

/// <summary>
/// Reads a Hugging Face <c>preprocessor_config.json</c>: <c>do_resize</c>, <c>size</c>, <c>resample</c>, <c>do_center_crop</c>,
/// <c>crop_size</c>, <c>do_rescale</c>, <c>rescale_factor</c>, <c>do_normalize</c>, <c>image_mean</c>, <c>image_std</c>.
/// Absent keys mean: resize (if there is a size), bilinear, crop only if there is a crop size, 1/255, ImageNet's mean and deviation.
/// </summary>
/// <remarks>
/// <c>size</c> as a bare number is ambiguous in old files. It is the shorter side when a centre crop follows, as CLIP and ConvNeXT write
/// it; otherwise, and for the processors named ViT or DeiT, both sides.
/// </remarks>
public static class PreprocessingConfig
{
    /// <summary>Reads the settings.</summary>
    /// <param name="json">The file's root object.</param>
    /// <param name="where">Names the file in errors.</param>
    /// <exception cref="BadInputException">A value has the wrong kind or range, or asks for what is not supported here.</exception>
    public static Preprocessing Read(JsonElement json, string where = "preprocessor_config.json")
    {
        try
        {
            return Settings(json, where);
        }
        catch (InvalidOperationException error)
        {
            // The runtime finds out only when text is asked for.
            throw new BadInputException($"{where} holds text that is not valid Unicode", error);
        }
    }

    private static Preprocessing Settings(JsonElement json, string where)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new BadInputException($"{where}: expected a JSON object, found {json.ValueKind}");
        }

        var reader = new Reader(json, where);
        if (reader.Flag("rescale_offset", false))
        {
            throw new BadInputException($"{where}: rescale_offset is not supported; use image_mean and image_std 0.5 instead");
        }

        var crop = reader.Flag("do_center_crop", reader.Has("crop_size")) ? reader.CropSize() : null;
        var defaults = new Preprocessing();
        var rescales = reader.Flag("do_rescale", true);
        var normalises = reader.Flag("do_normalize", true);
        var mean = normalises ? reader.Numbers("image_mean", defaults.Mean) : new float[reader.Numbers("image_mean", defaults.Mean).Length];
        var deviation = normalises ? reader.Numbers("image_std", defaults.StandardDeviation) : [.. mean.Select(_ => 1f)];
        if (mean.Length != deviation.Length || mean.Length is not (1 or 3))
        {
            throw new BadInputException(
                $"{where}: expected image_mean and image_std with 1 or 3 values each, found {mean.Length} and {deviation.Length}");
        }

        if (deviation.Any(d => d <= 0))
        {
            throw new BadInputException($"{where}: expected image_std above 0, found {deviation.Min()}");
        }

        var file = Path.GetFileName(where);
        return new Preprocessing
        {
            SizesFrom = file,
            NormalisationFrom = !normalises
                || (reader.Has("image_mean") && reader.Has("image_std"))
                ? file
                : $"ImageNet's, assumed: {file} lacks image_mean or image_std",
            Resize = reader.Flag("do_resize", reader.Has("size")) ? reader.Size(crop is not null) : null,
            Filter = reader.Filter(),
            Crop = crop,
            RescaleFactor = rescales ? reader.Positive("rescale_factor", defaults.RescaleFactor) : 1,
            Mean = mean,
            StandardDeviation = deviation,
        };
    }

    /// <summary>
    /// The preprocessing of a model of which these files are at hand: its preprocessor_config.json, else timm's keys in its config.json,
    /// else
    /// the one Vision Mamba is measured with, said to be an assumption (<see cref="Preprocessing.SizesFrom"/>).
    /// </summary>
    /// <param name="preprocessorConfig">The root of preprocessor_config.json with the file's name, or null.</param>
    /// <param name="config">The root of config.json with the file's name, or null.</param>
    /// <param name="imageSize">The side of the model's input.</param>
    /// <param name="standard">What the model's authors do, in place of what is assumed; null where that is assumed.</param>
    /// <exception cref="BadInputException">As <see cref="Read"/>.</exception>
    public static Preprocessing Choose(
        (JsonElement Json, string Where)? preprocessorConfig,
        (JsonElement Json, string Where)? config,
        int imageSize,
        Preprocessing? standard = null)
    {
        if (preprocessorConfig is { } own)
        {
            return Read(own.Json, own.Where);
        }

        return config is { } timm && TimmConfig.Matches(timm.Json)
            ? TimmConfig.Read(timm.Json, imageSize, timm.Where)
            : standard
                ?? Preprocessing.Resize256Crop224(imageSize)
                    .From("assumed, as Vision Mamba is measured: there is no preprocessor_config.json");
    }

    private readonly struct Reader(JsonElement json, string where)
    {
        internal bool Has(string key) => json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

        internal bool Flag(string key, bool otherwise)
        {
            if (!Has(key))
            {
                return otherwise;
            }

            var value = json.GetProperty(key);
            return value.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? value.GetBoolean()
                : throw Unexpected(key, "true or false", value);
        }

        internal double Positive(string key, double otherwise)
        {
            if (!Has(key))
            {
                return otherwise;
            }

            var value = json.GetProperty(key);
            return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) && number > 0
                ? number
                : throw Unexpected(key, "a number above 0", value);
        }

        internal float[] Numbers(string key, float[] otherwise)
        {
            if (!Has(key))
            {
                return otherwise;
            }

            var value = json.GetProperty(key);
            if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is 1 or 3)
            {
                var numbers = value
                    .EnumerateArray()
                    .Select(v => v.ValueKind == JsonValueKind.Number && v.TryGetSingle(out var f) ? f : float.NaN)
                    .ToArray();
                if (numbers.All(float.IsFinite))
                {
                    return numbers;
                }
            }

            throw Unexpected(key, "1 or 3 numbers", value);
        }

        internal ResizeFilter Filter()
        {
            if (!Has("resample"))
            {
                return ResizeFilter.Bilinear;
            }

            var value = json.GetProperty("resample");
            return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var code) && code is 2 or 3
                ? (ResizeFilter)value.GetInt32()
                : throw Unexpected("resample", "2 (bilinear) or 3 (bicubic)", value);
        }

        internal ResizeRule Size(bool crops)
        {
            if (!Has("size"))
            {
                throw new BadInputException($"{where}: do_resize is true but there is no size");
            }

            var value = json.GetProperty("size");
            if (value.ValueKind == JsonValueKind.Number)
            {
                var side = Side("size", value);
                return crops && !IsSquareByDefault() ? new ResizeShorterSide(side) : new ResizeExactly(side, side);
            }

            if (value.ValueKind == JsonValueKind.Object)
            {
                if (value.TryGetProperty("shortest_edge", out var edge) && !value.TryGetProperty("longest_edge", out _))
                {
                    return new ResizeShorterSide(Side("size.shortest_edge", edge));
                }

                if (value.TryGetProperty("height", out var height) && value.TryGetProperty("width", out var width))
                {
                    return new ResizeExactly(Side("size.width", width), Side("size.height", height));
                }
            }

            throw Unexpected("size", "a number, {shortest_edge} or {height, width}", value);
        }

        internal (int Width, int Height)? CropSize()
        {
            if (!Has("crop_size"))
            {
                throw new BadInputException($"{where}: do_center_crop is true but there is no crop_size");
            }

            var value = json.GetProperty("crop_size");
            if (value.ValueKind == JsonValueKind.Number)
            {
                var side = Side("crop_size", value);
                return (side, side);
            }

            return
                value.ValueKind == JsonValueKind.Object
                && value.TryGetProperty("height", out var height)
                && value.TryGetProperty("width", out var width)
                ? (Side("crop_size.width", width), Side("crop_size.height", height))
                : throw Unexpected("crop_size", "a number or {height, width}", value);
        }

        private bool IsSquareByDefault()
        {
            foreach (var key in (ReadOnlySpan<string>)["image_processor_type", "feature_extractor_type"])
            {
                if (
                    json.TryGetProperty(key, out var type)
                    && type.ValueKind == JsonValueKind.String
                    && type.GetString()!.StartsWith("ViT", StringComparison.Ordinal)
                        | type.GetString()!.StartsWith("DeiT", StringComparison.Ordinal))
                {
                    return true;
                }
            }

            return false;
        }

        private int Side(string key, JsonElement value) =>
            value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var side) && side is >= 1 and <= RgbImage.MaxSide
                ? side
                : throw Unexpected(key, $"a whole number from 1 to {RgbImage.MaxSide}", value);

        private BadInputException Unexpected(string key, string expected, JsonElement value)
        {
            var raw = value.GetRawText().ReplaceLineEndings(" ");
            return new BadInputException($"{where}: {key}: expected {expected}, found {(raw.Length > 60 ? raw[..60] + "..." : raw)}");
        }
    }
}
