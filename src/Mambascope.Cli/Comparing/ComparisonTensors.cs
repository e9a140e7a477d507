using System.Numerics;
using Mambascope.Checkpoints;

namespace Mambascope.Cli.Comparing;

/// <summary>
/// A comparison as safetensors: for every model <c>map.MODEL.METHOD</c> (METHOD as asked for, so that rows of the sheet have equal names),
/// <c>logits.MODEL</c>, <c>target.MODEL</c>, <c>pixel_values.MODEL</c> and, with matrices, <c>attention.MODEL.layerN</c>.
/// </summary>
internal static class ComparisonTensors
{
    internal static void Save<T>(CompareRequest request, IReadOnlyList<ComparedModel<T>> models, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var writer = new SafetensorsWriter();
        foreach (var model in models)
        {
            foreach (var (method, map) in request.Methods.Zip(model.Explanation.Maps))
            {
                ExplanationTensors.Add(writer, $"map.{model.Name}.{method}", map.IsPixelwise ? [map.Rows, map.Columns] : [map.Values.Length], map.Values);
            }

            foreach (var matrix in model.Matrices.DistinctBy(matrix => matrix.Layer))
            {
                writer.Add($"attention.{model.Name}.layer{matrix.Layer}", [matrix.Tokens, matrix.Tokens], matrix.Values);
            }

            var run = model.Explanation.Run;
            ExplanationTensors.Add(writer, $"logits.{model.Name}", [model.Classifier.Model.Classes], run.Trace.Logits.Data.ToArray());
            writer.Add($"target.{model.Name}", [1], new long[] { model.Explanation.Target.Index });
            writer.Add($"pixel_values.{model.Name}", [run.Input.ChannelCount, run.Input.Height, run.Input.Width], run.Input.PixelValues);
        }

        Interruption.Shield(() => writer.Save(path));
    }
}
