using System.Text.Json.Nodes;
using Mambascope.Inputs.Images;

namespace Mambascope.Application;

/// <summary>What was done to a picture before a model saw it, as JSON.</summary>
public static class PreprocessingJson
{
    /// <summary>Of one picture; null for an input that came as numbers.</summary>
    public static JsonObject? Of(PictureSubject picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.Input.Description is not { } done)
        {
            return null;
        }

        var transform = done.Transform;
        var seen = transform.Seen;
        return new()
        {
            ["words"] = done.Words,
            ["notes"] = new JsonArray([.. picture.Notes.Select(note => (JsonNode)note)]),
            ["original"] = Size(transform.OriginalWidth, transform.OriginalHeight),
            ["exif_orientation"] = transform.Orientation.Exif,
            ["resized"] = Size(transform.ResizedWidth, transform.ResizedHeight),
            ["filter"] = done.Filter?.ToString().ToLowerInvariant(),
            ["crop"] = new JsonObject
            {
                ["left"] = transform.Left,
                ["top"] = transform.Top,
                ["width"] = transform.Width,
                ["height"] = transform.Height,
            },
            ["seen"] = new JsonObject
            {
                ["left"] = seen.Left,
                ["top"] = seen.Top,
                ["right"] = seen.Right,
                ["bottom"] = seen.Bottom,
            },
            ["rescale_factor"] = done.RescaleFactor,
            ["mean"] = Numbers(done.Mean),
            ["std"] = Numbers(done.StandardDeviation),
            ["sizes_from"] = done.SizesFrom,
            ["normalisation_from"] = done.NormalisationFrom,
        };
    }

    private static JsonObject Size(long width, long height) => new() { ["width"] = width, ["height"] = height };

    private static JsonArray Numbers(IEnumerable<float> values) => [.. values.Select(value => (JsonNode)value)];
}
