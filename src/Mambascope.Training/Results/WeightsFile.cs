using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>How trained weights are written: matrices in half precision; A_log, D, norms, biases and embeddings in single.</summary>
internal static class WeightsFile
{
    /// <summary>
    /// Whether weight decay applies and half precision is enough: matrices (several scans' in one tensor too: "x_proj_weight"), but not
    /// A_log and not embeddings.
    /// </summary>
    public static bool IsMatrix(Weight weight)
        => weight.Shape.Count > 1
        && (weight.Name.EndsWith(".weight", StringComparison.Ordinal) || weight.Name.EndsWith("_weight", StringComparison.Ordinal));

    /// <summary>Writes them as one safetensors file, in one step.</summary>
    public static void Write(string path, IModel model) => Write(path, model, weight => weight.Values<float>());

    /// <summary>The same with other values.</summary>
    public static void Write(string path, IModel model, Func<Weight, float[]> values)
    {
        var writer = new SafetensorsWriter().AddMetadata("format", "pt");
        foreach (var weight in model.AllWeights)
        {
            writer.Add(weight.Name, weight.Shape.ToArray(), values(weight), IsMatrix(weight) ? TensorType.F16 : TensorType.F32);
        }

        writer.Save(path);
    }
}
