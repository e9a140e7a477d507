using System.Numerics;
using Mambascope.Application;
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
            foreach (var (asked, found) in model.Columns)
            {
                if (found is not { } map)
                {
                    continue;
                }

                writer.AddMap($"map.{model.Name}.{asked}", map);
                if (request.Files.IsOriginal)
                {
                    writer.AddOriginal($"map_original.{model.Name}.{asked}", map, model.Picture);
                }
            }

            foreach (var matrix in model.Matrices.DistinctBy(matrix => matrix.Layer))
            {
                writer.Add($"attention.{model.Name}.layer{matrix.Layer}", [matrix.Tokens, matrix.Tokens], matrix.Values);
            }

            var input = model.Picture.Input;
            writer.AddValues($"logits.{model.Name}", [model.Explanation.Scores.Length], model.Explanation.Scores);
            writer.Add($"target.{model.Name}", [1], new long[] { model.Explanation.Target.Index });
            writer.Add($"pixel_values.{model.Name}", [input.ChannelCount, input.Height, input.Width], input.PixelValues);
        }

        TensorFile.Save(writer, path);
    }
}
