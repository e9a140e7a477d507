using System.Text.Json;
using Mambascope.Evaluation.Datasets;
using Mambascope.Models;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>
/// Writes a trained picture model as a folder that the library opens: model.safetensors (matrices in half precision; A_log, D, norms,
/// biases and embeddings in single), config.json, preprocessor_config.json.
/// </summary>
internal static class ModelFolder
{
    private static readonly JsonSerializerOptions json = new() { WriteIndented = true };

    /// <summary>Writes the folder; the weight file is replaced in one step.</summary>
    public static void Write(string folder, IVisionModel model)
    {
        Directory.CreateDirectory(folder);
        WeightsFile.Write(Path.Combine(folder, "model.safetensors"), model);
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(Config(model), json) + "\n");
        File.WriteAllText(Path.Combine(folder, "preprocessor_config.json"), JsonSerializer.Serialize(new
        {
            do_resize = true,
            size = new { shortest_edge = model.Grid.ImageHeight },
            resample = 2,
            do_center_crop = true,
            crop_size = new { height = model.Grid.ImageHeight, width = model.Grid.ImageHeight },
            do_rescale = true,
            rescale_factor = 1 / 255.0,
            do_normalize = true,
            image_mean = SceneBatch.Mean.ToArray().Select(v => Math.Round(v, 3)),
            image_std = SceneBatch.StandardDeviation.ToArray().Select(v => Math.Round(v, 3)),
        }, json) + "\n");
    }

    private static SortedDictionary<string, object> Config(IVisionModel model)
        => new(model.Settings.ToDictionary(), StringComparer.Ordinal)
        {
            ["id2label"] = FashionScenes
                .ClassNames.Select((name, i) => (name, i))
                .ToDictionary(p => p.i.ToString(System.Globalization.CultureInfo.InvariantCulture), p => p.name),
        };
}
