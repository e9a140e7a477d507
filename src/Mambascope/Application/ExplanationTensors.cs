using System.Numerics;
using Mambascope.Checkpoints;

namespace Mambascope.Application;

/// <summary>
/// An explanation as safetensors: <c>map</c> (or <c>map.METHOD.MODE</c> for several methods), <c>logits</c>, <c>target</c>, <c>against</c>
/// for a contrast, <c>map_original</c> on demand, and the input: <c>pixel_values</c> of a picture, <c>position</c> and
/// <c>input_ids</c> of a text, <c>values</c> (time, channels) of a series, with <c>input_map</c> of the same shape for methods that reach
/// them. F32, or F64 with double precision.
/// </summary>
public static class ExplanationTensors
{
    /// <summary>All of it, to be saved.</summary>
    /// <param name="explanation">What was found out.</param>
    /// <param name="withOriginal">
    /// Whether maps are also put over the original picture: <c>map_original</c> or <c>map_original.METHOD.MODE</c>, see
    /// <see cref="AddOriginal"/>.
    /// </param>
    public static SafetensorsWriter Of<T>(Explanation<T> explanation, bool withOriginal = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(explanation);
        var writer = new SafetensorsWriter();
        foreach (var map in explanation.Maps)
        {
            var suffix = explanation.Maps.Count == 1 ? "" : $".{map.Name}";

            // Stages have grids of their own: a map says which it is on.
            writer.AddMap($"map{suffix}", map, explanation.Model.Model.Shape.HasStages);
            if (withOriginal && explanation.Subject is PictureSubject picture)
            {
                writer.AddOriginal($"map_original{suffix}", map, picture);
            }

            if (explanation.Subject is SeriesSubject { Case: var measured } && map.Map.InputValues is { } inputs)
            {
                writer.AddValues($"input_map{suffix}", [measured.Length, measured.Width], [.. inputs]);
            }
        }

        writer.AddValues("logits", [explanation.Scores.Length], explanation.Scores);
        writer.Add("target", [1], new long[] { explanation.Target.Index });
        if (explanation.Against is { } against)
        {
            writer.Add("against", [1], new long[] { against.Index });
        }

        switch (explanation.Subject)
        {
            case PictureSubject { Input: var input }:
                writer.Add("pixel_values", [input.ChannelCount, input.Height, input.Width], input.PixelValues);
                break;
            case SeriesSubject { Case: var one }:
                writer.Add("values", [one.Length, one.Width], one.Values);
                break;
            case TextSubject { Read: var text }:
                writer.Add("position", [1], new long[] { explanation.Token });
                writer.Add("input_ids", [text.Tokens.Count], Array.ConvertAll(text.Ids, id => (long)id));
                break;
        }

        return writer;
    }

    /// <summary>Adds a map: a value a token, or a pixel; of pixels, or where a grid is wanted, as (rows, columns).</summary>
    public static void AddMap<T>(this SafetensorsWriter writer, string name, MethodMap<T> map, bool isGrid = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(map);
        writer.AddValues(name, map.Map.IsPixelwise || isGrid ? [map.Map.Rows, map.Map.Columns] : [map.Map.Values.Length], map.Map.Values);
    }

    /// <summary>Adds a map at every pixel of the original picture, (height, width); NaN where the model did not see it.</summary>
    public static void AddOriginal<T>(this SafetensorsWriter writer, string name, MethodMap<T> map, PictureSubject picture)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(picture);
        var (transform, relevance) = (picture.Input.Transform, map.Map);
        writer.Add(
            name,
            [transform.OriginalHeight, transform.OriginalWidth],
            transform.MapToOriginal(Array.ConvertAll(relevance.Values, float.CreateTruncating), relevance.Rows, relevance.Columns));
    }

    /// <summary>Adds a tensor in the precision it was computed in.</summary>
    public static void AddValues<T>(this SafetensorsWriter writer, string name, ReadOnlySpan<int> shape, T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (values is double[] wide)
        {
            writer.Add(name, shape, wide);
        }
        else
        {
            writer.Add(name, shape, (float[])(object)values);
        }
    }
}
