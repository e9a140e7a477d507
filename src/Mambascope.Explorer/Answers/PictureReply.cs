using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Explorer.Serving;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Mambascope.Models;

namespace Mambascope.Explorer.Answers;

/// <summary>What a model says about a picture.</summary>
/// <param name="Top">All classes, most likely first.</param>
/// <param name="Width">Columns of the picture as the model sees it.</param>
/// <param name="Height">Rows of the picture as the model sees it.</param>
/// <param name="OriginalWidth">Columns of the picture as it came, upright.</param>
/// <param name="OriginalHeight">Rows of the picture as it came, upright.</param>
/// <param name="Preprocessing">What was done to the picture, in words.</param>
/// <param name="Seen">Left, top, right and bottom of what it sees, in pixels of the original.</param>
internal sealed record PictureVerdict(
    IReadOnlyList<Prediction> Top, int Width, int Height, int OriginalWidth, int OriginalHeight, string? Preprocessing,
    IReadOnlyList<double> Seen);

/// <summary>What is told about a picture, the same by the server and in a saved page.</summary>
internal static class PictureReply
{
    /// <summary>What the model says.</summary>
    internal static PictureVerdict Verdict(Run<float> run, PreprocessedImage input)
    {
        var (transform, seen) = (input.Transform, input.Transform.Seen);
        return new(
            run.Top(run.Predictions.Count), input.Width, input.Height, transform.OriginalWidth, transform.OriginalHeight,
            input.Description?.Words, [seen.Left, seen.Top, seen.Right, seen.Bottom]);
    }

    /// <summary>Relevance of every patch, or pixel, by each method.</summary>
    internal static Tensors Maps<T>(Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var writer = new SafetensorsWriter();
        foreach (var (map, name) in explanation.Maps.Zip(MapNames.Of(explanation)))
        {
            writer.AddMap($"map.{name}", map);
        }

        return new(MapNames.About(explanation), writer);
    }

    /// <summary>A map as foreground and background of the picture that the model sees.</summary>
    internal static Tensors Mask(RelevanceMap<float> map, RgbImage image, string threshold, BoxRule rule)
    {
        var mask = PseudoMask.Of(map, image.Height, image.Width, MapThreshold.Parse(threshold));
        var about = new JsonObject
        {
            ["foreground"] = (double)mask.Area / mask.Values.Length,
            ["boxes"] = new JsonArray([
                .. PseudoMask.Boxes(mask, rule).Select(box => new JsonObject
                {
                    ["left"] = box.Left,
                    ["top"] = box.Top,
                    ["right"] = box.Right,
                    ["bottom"] = box.Bottom,
                }),
            ]),
        };
        return new(about, new SafetensorsWriter().Add("mask", [mask.Height, mask.Width], mask.Values));
    }

    /// <summary>The picture as PNG, its longer side at most so many pixels.</summary>
    internal static byte[] Png(RgbImage image, int side)
    {
        var longer = Math.Max(image.Width, image.Height);
        return ImageFile.EncodePng(longer <= side
            ? image
            : PilResize.Resize(
                image, Math.Max(1, image.Width * side / longer), Math.Max(1, image.Height * side / longer), ResizeFilter.Bilinear));
    }
}
