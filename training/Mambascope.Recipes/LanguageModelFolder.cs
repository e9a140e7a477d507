using System.Text.Json;
using Mambascope.Models;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>
/// Writes a trained byte-level language model as a folder that the library opens: model.safetensors (matrices in half precision, the rest
/// in single) and config.json with Hugging Face's names and <c>"tokenizer": "bytes"</c>.
/// </summary>
internal static class LanguageModelFolder
{
    private static readonly JsonSerializerOptions json = new() { WriteIndented = true };

    /// <summary>Writes the folder; the weight file is replaced in one step.</summary>
    public static void Write(string folder, ILanguageModel model)
    {
        Directory.CreateDirectory(folder);
        WeightsFile.Write(Path.Combine(folder, "model.safetensors"), model);
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(Config(model), json) + "\n");
    }

    private static SortedDictionary<string, object> Config(ILanguageModel model)
        => new(model.Settings.ToDictionary(), StringComparer.Ordinal) { ["tokenizer"] = "bytes" };
}
