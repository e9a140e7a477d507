using System.Text.Json;

namespace Mambascope.Inputs.Images;

/// <summary>
/// The preprocessing of a timm model: <c>input_size</c>, <c>mean</c>, <c>std</c>, <c>crop_pct</c>, <c>crop_mode</c> and
/// <c>interpolation</c> of the
/// config.json that timm writes, in its <c>pretrained_cfg</c> or, in older files, beside it. Absent keys mean what they mean to timm:
/// bicubic, 0.875, the centre, ImageNet's mean and deviation.
/// </summary>
/// <remarks>
/// timm brings the shorter side to <c>⌊side / crop_pct⌋</c> and keeps the centre; with <c>crop_mode</c> squash both sides are brought to
/// it, aspect ratio not kept.
/// </remarks>
internal static class TimmConfig
{
    private const double StandardCropShare = 0.875;

    /// <summary>Whether a config.json is timm's and says something about preprocessing.</summary>
    /// <param name="json">The file's root.</param>
    public static bool Matches(JsonElement json)
        => json.ValueKind == JsonValueKind.Object
            && (Has(json, "pretrained_cfg")
                || (Has(json, "architecture") && (Has(json, "input_size") || Has(json, "crop_pct") || Has(json, "mean"))));

    /// <summary>Reads the settings.</summary>
    /// <param name="json">The file's root object.</param>
    /// <param name="imageSize">The side of the model's input, used where the file has no <c>input_size</c>.</param>
    /// <param name="where">Names the file in errors.</param>
    /// <exception cref="BadInputException">A value has the wrong kind or range, or asks for what is not supported here.</exception>
    public static Preprocessing Read(JsonElement json, int imageSize, string where = "config.json")
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new BadInputException($"{where}: expected a JSON object, found {json.ValueKind}");
        }

        var settings = Has(json, "pretrained_cfg") ? json.GetProperty("pretrained_cfg") : json;
        if (settings.ValueKind != JsonValueKind.Object)
        {
            throw Unexpected(where, "pretrained_cfg", "an object", settings);
        }

        var (width, height) = Size(settings, imageSize, where);
        var share = CropShare(settings, where);
        var (scaledWidth, scaledHeight) = ((int)Math.Floor(width / share), (int)Math.Floor(height / share));
        RgbImage.CheckSize(scaledWidth, scaledHeight, $"{where}: input_size / crop_pct");
        var mode = Word(settings, "crop_mode", "center", where);
        ResizeRule resize = mode switch
        {
            "squash" => new ResizeExactly(scaledWidth, scaledHeight),
            "center" when width == height => new ResizeShorterSide(scaledWidth),
            "center" => throw new BadInputException(
                $"{where}: input_size {width}x{height} with crop_mode center is not supported; only square inputs are"),
            _ => throw new BadInputException($"{where}: crop_mode: expected center or squash, found {Shown(mode)}"),
        };
        var defaults = new Preprocessing();
        var mean = Numbers(settings, "mean", where) ?? defaults.Mean;
        var deviation = Numbers(settings, "std", where) ?? defaults.StandardDeviation;
        if (mean.Length != deviation.Length || deviation.Any(d => d <= 0))
        {
            throw new BadInputException(
                $"{where}: expected as many std as mean, all above 0, found mean {string.Join(' ', mean)} and std "
                    + $"{string.Join(' ', deviation)}");
        }

        var file = Path.GetFileName(where);
        return new()
        {
            Resize = resize,
            Filter = Word(settings, "interpolation", "bicubic", where) switch
            {
                "bicubic" => ResizeFilter.Bicubic,
                "bilinear" => ResizeFilter.Bilinear,
                var other => throw new BadInputException($"{where}: interpolation: expected bicubic or bilinear, found {Shown(other)}"),
            },
            Crop = (width, height),
            Mean = mean,
            StandardDeviation = deviation,
            SizesFrom = Has(settings, "crop_pct") ? $"{file} of timm" : $"{file} of timm, crop_pct {StandardCropShare} assumed",
            NormalisationFrom = Has(settings, "mean")
                && Has(settings, "std")
                ? $"{file} of timm"
                : $"ImageNet's, assumed: {file} of timm lacks mean or std",
        };
    }

    /// <summary>
    /// What classes are called: <c>label_names</c>, a list in the order of the classes, or, where <c>label_descriptions</c> has words for
    /// such a name, those. Empty where the file has none.
    /// </summary>
    /// <param name="json">The file's root.</param>
    /// <param name="where">Names the file in errors.</param>
    /// <exception cref="BadInputException">They are no list of texts.</exception>
    public static IReadOnlyDictionary<int, string> Labels(JsonElement json, string where = "config.json")
    {
        if (json.ValueKind != JsonValueKind.Object || !Has(json, "label_names"))
        {
            return new Dictionary<int, string>();
        }

        var names = json.GetProperty("label_names");
        if (names.ValueKind != JsonValueKind.Array || names.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
        {
            throw Unexpected(where, "label_names", "a list of texts", names);
        }

        var words = json.TryGetProperty("label_descriptions", out var found) && found.ValueKind == JsonValueKind.Object
            ? found
            : (JsonElement?)null;
        try
        {
            return names.EnumerateArray().Index().ToDictionary(entry => entry.Index, entry => Described(entry.Item.GetString()!, words));
        }
        catch (InvalidOperationException error)
        {
            // The runtime finds out only when text is asked for.
            throw new BadInputException($"{where} holds text that is not valid Unicode", error);
        }
    }

    private static string Described(string name, JsonElement? descriptions)
        => descriptions is { } words && words.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : name;

    private static bool Has(JsonElement json, string key)
        => json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    private static (int Width, int Height) Size(JsonElement json, int imageSize, string where)
    {
        if (!Has(json, "input_size"))
        {
            return (imageSize, imageSize);
        }

        var value = json.GetProperty("input_size");
        var sides =
            value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 3 ? [.. value.EnumerateArray().Select(Side)] : new[] { 0 };
        return sides.All(side => side > 0)
            ? (sides[2], sides[1])
            : throw Unexpected(where, "input_size", "[channels, height, width]", value);
    }

    // 0 for what is no side of a picture.
    private static int Side(JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var side) && side is >= 1 and <= RgbImage.MaxSide ? side : 0;

    private static double CropShare(JsonElement json, string where)
    {
        if (!Has(json, "crop_pct"))
        {
            return StandardCropShare;
        }

        // Below a tenth the picture would be enlarged ten times to be cut to a hundredth: no model was trained so.
        var value = json.GetProperty("crop_pct");
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var share) && share is >= 0.1 and <= 1
            ? share
            : throw Unexpected(where, "crop_pct", "a share from 0.1 to 1", value);
    }

    private static float[]? Numbers(JsonElement json, string key, string where)
    {
        if (!Has(json, key))
        {
            return null;
        }

        var value = json.GetProperty(key);
        var numbers = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is 1 or 3
            ? value.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Number && v.TryGetSingle(out var f) ? f : float.NaN).ToArray()
            : [float.NaN];
        return numbers.All(float.IsFinite) ? numbers : throw Unexpected(where, key, "1 or 3 numbers", value);
    }

    private static string Word(JsonElement json, string key, string otherwise, string where)
    {
        if (!Has(json, key))
        {
            return otherwise;
        }

        var value = json.GetProperty(key);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Unexpected(where, key, "a word", value);
    }

    private static BadInputException Unexpected(string where, string key, string expected, JsonElement value)
        => new($"{where}: {key}: expected {expected}, found {Shown(value.GetRawText())}");

    private static string Shown(string text)
    {
        const int Longest = 60;
        var line = string.Concat((text.Length > Longest ? text[..Longest] : text).Select(c => char.IsControl(c) ? '?' : c));
        return text.Length > Longest ? line + "..." : line;
    }
}
