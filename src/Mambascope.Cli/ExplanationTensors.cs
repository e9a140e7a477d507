using System.Numerics;
using Mambascope.Checkpoints;

namespace Mambascope.Cli;

/// <summary>
/// An explanation as safetensors: <c>map</c> (or <c>map.METHOD.MODE</c> for several methods), <c>logits</c>, <c>target</c> and the input,
/// <c>pixel_values</c>. F32, or F64 with double precision.
/// </summary>
internal static class ExplanationTensors
{
    internal static void Save<T>(Explanation<T> explanation, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var writer = new SafetensorsWriter();
        foreach (var (method, map) in explanation.Panels)
        {
            var name = explanation.Maps.Count == 1 ? "map" : $"map.{explanation.Request.NameOf(method)}";
            Add(writer, name, map.IsPixelwise ? [map.Rows, map.Columns] : [map.Values.Length], map.Values);
        }

        var input = explanation.Run.Input;
        Add(writer, "logits", [explanation.Run.Classifier.Model.Classes], explanation.Run.Trace.Logits.Data.ToArray());
        writer.Add("target", [1], new long[] { explanation.Target.Index });
        writer.Add("pixel_values", [input.ChannelCount, input.Height, input.Width], input.PixelValues);
        Interruption.Shield(() => writer.Save(path));
    }

    /// <summary>Adds a tensor in the precision it was computed in.</summary>
    internal static void Add<T>(SafetensorsWriter writer, string name, ReadOnlySpan<int> shape, T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
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
