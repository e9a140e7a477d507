using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mambascope.Checkpoints;

/// <summary>
/// What timm writes into config.json about pictures, in the words of a preprocessor_config.json: timm's <c>create_transform</c> for
/// evaluation resizes the shorter side to size / crop_pct, rounded down, and cuts out the middle.
/// </summary>
public static class TimmConfig
{
    private const string Section = "pretrained_cfg";

    // Pillow's numbers.
    private static readonly string[] filters = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"];

    /// <summary>Settings as a preprocessor_config.json has them; null where config.json is not timm's.</summary>
    /// <exception cref="BadInputException">A setting of another kind, or one that is not supported.</exception>
    public static JsonElement? Preprocessor(ConfigFile? config)
    {
        if (config?.GetSection(Section) is not { } timm || timm.GetDoubles("input_size") is not { } size)
        {
            return null;
        }

        if (size is not [_, > 0 and < int.MaxValue, > 0 and < int.MaxValue] || size[1] != size[2])
        {
            throw new BadInputException($"{config.Path}: {Section}.input_size is {string.Join(", ", size)}, expected channels, height "
                + "and width of a square");
        }

        var (side, share, mode) = ((int)size[1], timm.GetDouble("crop_pct", 0.875), timm.GetString("crop_mode", "center"));
        if (!(share > 0 && side / share < int.MaxValue) || mode is not ("center" or "squash"))
        {
            throw new BadInputException($"{config.Path}: {Section} has crop_pct {share} and crop_mode {Printable.Name(mode)}, expected "
                + "a share above 0 and \"center\" or \"squash\"");
        }

        var filter = timm.GetString("interpolation", "bilinear");
        var number = Array.IndexOf(filters, filter);
        if (number < 0)
        {
            throw new BadInputException($"{config.Path}: {Section}.interpolation is {Printable.Name(filter)}, "
                + $"expected one of {string.Join(", ", filters)}");
        }

        var resized = (int)Math.Floor(side / share);
        return Element(new()
        {
            ["do_resize"] = true,
            ["size"] = mode == "center" ? new JsonObject { ["shortest_edge"] = resized } : Square(resized),
            ["resample"] = number,
            ["do_center_crop"] = true,
            ["crop_size"] = Square(side),
            ["do_rescale"] = true,
            ["do_normalize"] = true,
            ["image_mean"] = List(timm.GetDoubles("mean") ?? [0.485, 0.456, 0.406]),
            ["image_std"] = List(timm.GetDoubles("std") ?? [0.229, 0.224, 0.225]),
        });

        static JsonObject Square(int side) => new() { ["height"] = side, ["width"] = side };

        static JsonArray List(double[] numbers) => [.. numbers.Select(number => (JsonNode)number)];
    }

    private static JsonElement Element(JsonObject settings)
    {
        using var document = JsonDocument.Parse(settings.ToJsonString());
        return document.RootElement.Clone();
    }
}
