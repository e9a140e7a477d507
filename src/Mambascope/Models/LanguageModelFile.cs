using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>
/// The front door for language models: a folder, a weight file, the name of a shipped model or <c>random:PRESET[:SEED]</c> becomes a
/// network. What its ids mean is the tokenizer's matter.
/// <code>
/// var file = LanguageModelFile.Open("state-spaces-mamba-130m-hf");
/// using var trace = file.Model.Forward(tape, TokenBatch.Of([510, 5798, 273]));
/// </code>
/// </summary>
public sealed class LanguageModelFile
{
    private const string Supported = "supported are Mamba, Falcon-Mamba, Mamba-2 and GPT-NeoX (model_type \"mamba\", \"falcon_mamba\", \"mamba2\" or \"gpt_neox\")";

    private LanguageModelFile(ModelSpecification source, ILanguageModel model, ConfigFile? config, string? weightFile)
    {
        Source = source;
        Model = model;
        Config = config;
        WeightFile = weightFile;
    }

    /// <summary>What was asked for.</summary>
    public ModelSpecification Source { get; }

    /// <summary>A short name of the model, for titles.</summary>
    public string Name => Source.Name;

    /// <summary>The network; read-only and safe to use from several threads.</summary>
    public ILanguageModel Model { get; }

    /// <summary>config.json, where there is one.</summary>
    public ConfigFile? Config { get; }

    /// <summary>The weight file; null for random weights.</summary>
    public string? WeightFile { get; }

    /// <summary>What the network is called by its authors: "Mamba", "Mamba-2", "GPT-NeoX".</summary>
    public string Architecture => Model switch
    {
        Mamba { Config.MixerNormEpsilon: not null } => "Falcon-Mamba",
        Mamba2 => "Mamba-2",
        GptNeoX => "GPT-NeoX",
        _ => "Mamba",
    };

    /// <summary>Opens a model; its config.json, where there is one, and the names of its tensors say which kind it is.</summary>
    /// <exception cref="BadInputException">Nothing there, damaged, of an unsupported kind, or its parts do not fit together.</exception>
    public static LanguageModelFile Open(string model)
    {
        var source = ModelSpecification.Parse(model);
        if (source.Preset is { } preset)
        {
            return new(source, LanguagePresets.Create(preset), config: null, weightFile: null);
        }

        var config = source.Beside("config.json") is { } file ? ConfigFile.Load(file) : null;
        if (config?.GetString("model_type", "mamba") is { } type && type is not ("mamba" or "falcon_mamba" or "mamba2" or "gpt_neox"))
        {
            throw new BadInputException($"{config.Path}: model_type is \"{Printable.Name(type)}\"; {Supported}");
        }

        var checkpoint = OpenWeights(source);
        if (checkpoint.Gguf is not null)
        {
            (checkpoint, config) = Translate(checkpoint);
        }

        using var opened = checkpoint;
        return new(source, Load(checkpoint, config), config, checkpoint.Path);
    }

    /// <summary>Whether a checkpoint holds a language model that can be opened.</summary>
    public static bool Matches(Checkpoint checkpoint) => MambaCheckpoint.Matches(checkpoint) || Mamba2Checkpoint.Matches(checkpoint) || GptNeoXCheckpoint.Matches(checkpoint);

    // safetensors come first, but a folder may hold one that is no model (saved maps, say) beside weights in PyTorch's format.
    private static Checkpoint OpenWeights(ModelSpecification source)
    {
        var checkpoint = Checkpoint.Open(source.Path!);
        if (Matches(checkpoint) || !Directory.Exists(source.Path) || source.Beside("pytorch_model.bin") is not { } file)
        {
            return checkpoint;
        }

        checkpoint.Dispose();
        return Checkpoint.Open(file);
    }

    // A config.json beside a GGUF file is that of another release of the model: the file says all by itself.
    private static (Checkpoint Checkpoint, ConfigFile? Config) Translate(Checkpoint checkpoint)
    {
        try
        {
            return GgufModel.Translate(checkpoint);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    private static ILanguageModel Load(Checkpoint checkpoint, ConfigFile? config)
        => MambaCheckpoint.Matches(checkpoint) ? MambaCheckpoint.Load(checkpoint, config)
            : Mamba2Checkpoint.Matches(checkpoint) ? Mamba2Checkpoint.Load(checkpoint, config)
            : GptNeoXCheckpoint.Matches(checkpoint) ? GptNeoXCheckpoint.Load(checkpoint, config)
            : throw new BadInputException($"{checkpoint.Path} is not a language model that can be opened up here ({Contents(checkpoint)}); {Supported}");

    private static string Contents(Checkpoint checkpoint)
        => checkpoint.Tensors.Count == 0 ? "it holds no tensors" : $"its tensors are called {string.Join(", ", checkpoint.Tensors.Keys.Order(StringComparer.Ordinal).Take(3).Select(Printable.Name))} ...";
}
