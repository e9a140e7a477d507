using System.Numerics;
using Mambascope.Checkpoints;

namespace Mambascope.Cli.Texts;

/// <summary>
/// An explanation of text as safetensors: <c>map</c> (L) (or <c>map.METHOD.MODE</c> for several methods), <c>logits</c> of the explained
/// position, <c>target</c>, <c>position</c>, <c>input_ids</c>, and <c>against</c> for a contrast. F32, or F64 with double precision.
/// </summary>
internal static class TextExplanationTensors
{
    internal static void Save<T>(TextExplanation<T> explanation, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var writer = new SafetensorsWriter();
        foreach (var (method, map) in explanation.Panels)
        {
            var name = explanation.Maps.Count == 1 ? "map" : $"map.{explanation.Request.NameOf(method)}";
            ExplanationTensors.Add(writer, name, [map.Values.Length], map.Values);
        }

        ExplanationTensors.Add(writer, "logits", [explanation.Scores.Length], explanation.Scores);
        writer.Add("target", [1], new long[] { explanation.Target.Id });
        if (explanation.Against is { } against)
        {
            writer.Add("against", [1], new long[] { against.Id });
        }

        writer.Add("position", [1], new long[] { explanation.Position });
        writer.Add("input_ids", [explanation.Text.Tokens.Count], Array.ConvertAll(explanation.Text.Ids, id => (long)id));
        Interruption.Shield(() => writer.Save(path));
    }
}
