using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;

namespace Mambascope.Cli.Explanations;

/// <summary>A map as a mask and boxes that nobody drew: what was made, and its files.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Mask">The foreground, at the size of the picture as the model sees it or, if asked for, of the original.</param>
/// <param name="Boxes">Boxes around it; the pixel after the last is outside.</param>
/// <param name="IsOriginal">Whether it is of the original.</param>
internal sealed record PseudoMaskFiles(PseudoMaskRequest Request, ObjectMask Mask, IReadOnlyList<Box> Boxes, bool IsOriginal)
{
    private static readonly JsonSerializerOptions readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Makes mask and boxes of the one map of an explanation.</summary>
    internal static PseudoMaskFiles Of<T>(PseudoMaskRequest request, Explanation<T> explanation, bool isOriginal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (map, input) = (explanation.Maps[0].Map, ((PictureSubject)explanation.Subject).Input);
        var single = new RelevanceMap<float>
        {
            Values = Array.ConvertAll(map.Values, float.CreateTruncating),
            Rows = map.Rows,
            Columns = map.Columns,
            Degenerate = map.Degenerate,
        };
        var mask = isOriginal
            ? PseudoMask.OfOriginal(single, input.Transform, request.Threshold)
            : PseudoMask.Of(single, input.Height, input.Width, request.Threshold);
        return new(request, mask, PseudoMask.Boxes(mask, request.Rule), isOriginal);
    }

    /// <summary>The files with what is in them, for people.</summary>
    internal IEnumerable<string> Lines
        => new[]
        {
            Request.Mask is { } mask
                ? $"{mask} (mask of {Whose}, {Size}; {100.0 * Mask.Area / Mask.Values.Length:0.0} % foreground)"
                : null,
            Request.Boxes is { } boxes
                ? $"{boxes} ({Boxes.Count} {(Boxes.Count == 1 ? "box" : "boxes")} in pixels of {Whose}, {Size})"
                : null,
        }.OfType<string>();

    private string Whose => IsOriginal ? "the original picture" : "the picture as the model sees it";

    private string Size => $"{Mask.Width}x{Mask.Height}";

    /// <summary>Writes the files, each complete or not at all.</summary>
    internal void Save<T>(Explanation<T> explanation, bool mayReplace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Request.Mask is { } png)
        {
            OutputFile.WritePng(
                new RgbImage(
                    Mask.Width,
                    Mask.Height,
                    [.. Mask.Values.SelectMany(value => Enumerable.Repeat(value != 0 ? byte.MaxValue : byte.MinValue, 3))]),
                png,
                mayReplace);
        }

        if (Request.Boxes is { } json)
        {
            var content = System.Text.Encoding.UTF8.GetBytes(Json(explanation).ToJsonString(readable) + "\n");
            Interruption.Shield(() => AtomicFile.Write(json, stream => stream.Write(content)));
        }
    }

    /// <summary>Adds what was made, and where it lies, to the explanation for machines.</summary>
    internal void AddTo<T>(JsonObject result, Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result["pseudo_mask"] = Json(explanation);
        (result["mask_file"], result["boxes_file"]) = (Request.Mask, Request.Boxes);
    }

    /// <summary>What was made, for machines; also the content of the file of boxes.</summary>
    internal JsonObject Json<T>(Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new()
        {
            ["input"] = explanation.Subject.InFull,
            ["model"] = explanation.Model.Name,
            ["method"] = explanation.Maps[0].Name,
            ["target"] = ExplanationJson.Of(explanation.Target, explanation.Model.Reads),
            ["width"] = Mask.Width,
            ["height"] = Mask.Height,
            ["pixels_of"] = IsOriginal
                ? "the original picture, upright"
                : "the picture as the model sees it, after resizing and cropping",
            ["threshold"] = Request.Threshold.Name,
            ["foreground"] = (double)Mask.Area / Mask.Values.Length,
            ["box_rule"] = Request.Rule.ToString().ToLowerInvariant(),
            ["boxes"] = new JsonArray([
                .. Boxes.Select(box => new JsonObject
                {
                    ["left"] = box.Left,
                    ["top"] = box.Top,
                    ["right"] = box.Right,
                    ["bottom"] = box.Bottom,
                }),
            ]),
        };
}
