using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>What a model reads.</summary>
public enum ModelInput
{
    /// <summary>Pictures: open it with <see cref="ImageClassifier"/>.</summary>
    Pictures,

    /// <summary>Text: open it with <see cref="TextModel"/>.</summary>
    Text,
}

/// <summary>Finds out what a model reads without loading it.</summary>
public static class ModelInputs
{
    /// <summary>What the model reads, by its preset, its config.json or the names of its tensors; null where none of them is known here.</summary>
    /// <param name="model">As <see cref="ModelSpecification.Parse"/> takes it.</param>
    /// <exception cref="BadInputException">Nothing there, or damaged.</exception>
    public static ModelInput? Of(string model)
    {
        var source = ModelSpecification.Parse(model);
        if (source.Preset is { } preset)
        {
            var name = Presets.Parse(preset).Name;
            return LanguagePresets.Names.Contains(name, StringComparer.Ordinal) ? ModelInput.Text : Presets.Names.Contains(name, StringComparer.Ordinal) ? ModelInput.Pictures : null;
        }

        // The original release of Mamba writes no model_type.
        return (source.Beside("config.json") is { } file ? ConfigFile.Load(file).GetString("model_type", "") : "") switch
        {
            "mamba" or "mamba2" or "falcon_mamba" or "gpt_neox" => ModelInput.Text,
            "vim" or "vision_mamba" or "vit" or "deit" => ModelInput.Pictures,
            "" => OfTensors(source.Path!) ?? (Directory.Exists(source.Path) && source.Beside("pytorch_model.bin") is { } other ? OfTensors(other) : null),
            _ => null,
        };
    }

    private static ModelInput? OfTensors(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        return LanguageModelFile.Matches(checkpoint) ? ModelInput.Text
            : VisionMambaCheckpoint.Matches(checkpoint) || VisionTransformerCheckpoint.Matches(checkpoint) ? ModelInput.Pictures
            : null;
    }
}
