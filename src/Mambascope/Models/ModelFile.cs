using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>
/// A network and where it comes from: a folder, a weight file, the name of a shipped model or <c>random:PRESET[:SEED]</c>, opened.
/// </summary>
/// <param name="Source">What was asked for.</param>
/// <param name="Model">The network.</param>
/// <param name="Config">config.json, where there is one.</param>
/// <param name="WeightFile">The weight file; null for random weights.</param>
internal sealed record ModelFile(ModelSpecification Source, IModel Model, ConfigFile? Config, string? WeightFile)
{
    private const string OtherWeights = "pytorch_model.bin";

    /// <summary>Opens a model; its config.json, where there is one, and the names of its tensors say which architecture it has.</summary>
    /// <param name="model">As <see cref="ModelSpecification.Parse"/> takes it.</param>
    /// <param name="reads">What it must read.</param>
    /// <param name="isOutline">Whether shapes are enough: random weights are not drawn then, and the model can only be described.</param>
    /// <exception cref="BadInputException">Nothing there, damaged, of an unsupported kind, or its parts do not fit together.</exception>
    internal static ModelFile Open(string model, ModelInput reads, bool isOutline = false)
    {
        var source = ModelSpecification.Parse(model);
        if (source.Preset is { } specification)
        {
            var preset = PresetOf(specification, reads, out var seed);
            return new(source, isOutline ? preset.Outline() : preset.Create(seed), Config: null, WeightFile: null);
        }

        // A config.json beside a GGUF file is that of another release of the model: the file says all by itself.
        if (GgufModel.Open(source.Path!) is var (translated, metadata))
        {
            using var file = translated;
            return Read(source, reads, Stated(metadata, reads), file, metadata);
        }

        var config = source.Beside("config.json") is { } beside ? ConfigFile.Load(beside) : null;
        var stated = Stated(config, reads);
        using var checkpoint = OpenWeights(source, reads);
        return Read(source, reads, stated, Weights(checkpoint, reads), config);
    }

    private static Architecture? Stated(ConfigFile? config, ModelInput reads)
        => config?.GetString("model_type", "") is { Length: > 0 } type
            ? Architectures.OfModelType(type) is { } known && known.Reads == reads
                ? known
                : throw new BadInputException($"{config.Path}: model_type is \"{Printable.Name(type)}\"; {Architectures.Supported(reads)}")
            : null;

    private static ModelFile Read(
        ModelSpecification source, ModelInput reads, Architecture? stated, Checkpoint checkpoint, ConfigFile? config)
    {
        var isMatched = stated?.Matches(checkpoint) == true;
        if (config is not null && stated is { IsStatedInEarnest: true } && !isMatched)
        {
            throw new BadInputException(
                $"{config.Path}: model_type is \"{config.GetString("model_type")}\", but {checkpoint.Path} holds no {stated.Name} "
                    + $"({Contents(checkpoint)})");
        }

        var architecture =
            isMatched
                ? stated
                : Architectures.For(reads).FirstOrDefault(one => one.Matches(checkpoint))
                    ?? throw new BadInputException(
                        $"{checkpoint.Path} is not {Wanted(reads)} that can be opened up here ({Contents(checkpoint)}); "
                            + $"{Architectures.Supported(reads)}");
        return new(source, architecture.Read(checkpoint, config), config, checkpoint.Path);
    }

    /// <summary>What a model reads, by its preset, its config.json or the names of its tensors; null where none of them is known.</summary>
    /// <exception cref="BadInputException">Nothing there, or damaged.</exception>
    internal static ModelInput? InputOf(string model)
    {
        var source = ModelSpecification.Parse(model);
        if (source.Preset is { } preset)
        {
            return Presets.Find(Presets.Parse(preset).Name)?.Architecture.Reads;
        }

        if (GgufModel.Open(source.Path!) is var (translated, metadata))
        {
            translated.Dispose();
            return Architectures.OfModelType(metadata.GetString("model_type", ""))?.Reads;
        }

        // The original release of Mamba writes no model_type.
        var stated = source.Beside("config.json") is { } file ? ConfigFile.Load(file).GetString("model_type", "") : "";
        if (stated.Length > 0)
        {
            return Architectures.OfModelType(stated)?.Reads;
        }

        return Files(source).Select(path =>
        {
            using var checkpoint = Checkpoint.Open(path);
            return Architectures.Matching(checkpoint.Choose(one => Architectures.Matching(one) is not null).Checkpoint)?.Reads;
        }).FirstOrDefault(found => found is not null);
    }

    private static ModelPreset PresetOf(string specification, ModelInput reads, out int seed)
    {
        (var name, seed) = Presets.Parse(specification);
        return Presets.Find(name) is { } found && found.Architecture.Reads == reads
            ? found.Preset
            : throw new BadInputException(
                $"there is no preset {name}{(reads == ModelInput.Text ? " of a language model" : "")}; known: "
                    + $"{string.Join(", ", Presets.NamesFor(reads))}");
    }

    private static Checkpoint OpenWeights(ModelSpecification source, ModelInput reads)
    {
        var first = Checkpoint.Open(source.Path!);
        if (
            Files(source).ElementAtOrDefault(1) is not { } other
            || IsKnown(Weights(first, reads), reads))
        {
            return first;
        }

        first.Dispose();
        return Checkpoint.Open(other);
    }

    // safetensors come first, but a folder may hold one that is no model (saved maps, say) beside weights in PyTorch's format.
    private static IEnumerable<string> Files(ModelSpecification source)
        => Directory.Exists(source.Path) && source.Beside(OtherWeights) is { } other ? [source.Path, other] : [source.Path!];

    // Behind whatever prefix, in whatever dict.
    private static Checkpoint Weights(Checkpoint checkpoint, ModelInput reads) => checkpoint.Choose(one => IsKnown(one, reads)).Checkpoint;

    private static bool IsKnown(Checkpoint checkpoint, ModelInput reads)
        => Architectures.For(reads).Any(architecture => architecture.Matches(checkpoint));

    private static string Wanted(ModelInput reads) => reads == ModelInput.Text ? "a language model" : "a model";

    private static string Contents(Checkpoint checkpoint)
        => checkpoint.Tensors.Count == 0
            ? "it holds no tensors"
            : "its tensors are called "
                + $"{string.Join(", ", checkpoint.Tensors.Keys.Order(StringComparer.Ordinal).Take(3).Select(Printable.Name))} ...";
}
