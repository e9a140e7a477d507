using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// A network and where it comes from: a folder, a weight file, the name of a shipped model or <c>random:PRESET[:SEED][:FORMAT]</c>,
/// opened.
/// </summary>
/// <param name="Source">What was asked for.</param>
/// <param name="Model">The network.</param>
/// <param name="Config">config.json, where there is one.</param>
/// <param name="WeightFile">The weight file; null for random weights.</param>
internal sealed record ModelFile(ModelSpecification Source, IModel Model, ConfigFile? Config, string? WeightFile)
{
    // What others than the readers of models ask for.
    private static readonly string[] otherKeys =
    [
        "model_type", "tokenizer", "eos_token_id", "class_token", "if_divide_out", "stride", "time_step_limit", "n_groups", "ssm_cfg",
        "layer_norm_eps", "layer_norm_epsilon", "tie_word_embeddings", "hidden_act", "mixer_rms_eps", "id2label",
    ];

    private const string PyTorchWeights = "pytorch_model.bin";

    /// <summary>Opens a model; its config.json, where there is one, and the names of its tensors say which architecture it has.</summary>
    /// <param name="model">As <see cref="ModelSpecification.Parse"/> takes it.</param>
    /// <param name="reads">What it must read.</param>
    /// <param name="isOutline">Whether shapes are enough: random weights are not drawn then, and the model can only be described.</param>
    /// <param name="choices">What is said by hand.</param>
    /// <exception cref="BadInputException">Nothing there, damaged, of an unsupported kind, or its parts do not fit together.</exception>
    internal static ModelFile Open(string model, ModelInput reads, bool isOutline = false, ModelChoices? choices = null)
    {
        choices ??= new();
        var source = ModelSpecification.Parse(model);
        if (source.Preset is { } specification)
        {
            if (choices.Weights is not null || choices.Config.Count > 0)
            {
                throw new BadInputException($"{model} has random weights and sizes of its own; nothing can be chosen or set in it");
            }

            var (preset, seed, matrices) = PresetOf(specification, reads);
            return new(source, isOutline ? preset.Outline(matrices) : preset.Create(seed, matrices), Config: null, WeightFile: null)
            {
                Choices = choices,
            };
        }

        // A config.json beside a GGUF file is that of another release of the model: the file says all by itself.
        if (GgufModel.Open(source.Path!) is var (translated, metadata))
        {
            using var file = translated;
            metadata = ConfigFile.With(metadata, choices.Config)!;
            return Read(source, reads, Stated(metadata, reads), file.Choose(one => IsKnown(one, reads), choices.Weights), metadata)
                .Checked(choices);
        }

        var config = ConfigFile.With(source.Beside("config.json") is { } beside ? ConfigFile.Load(beside) : null, choices.Config);
        var stated = Stated(config, reads);
        using var checkpoint = OpenWeights(source, reads);
        return Read(source, reads, stated, checkpoint.Choose(one => IsKnown(one, reads), choices.Weights), config).Checked(choices);
    }

    /// <summary>What was said by hand.</summary>
    internal ModelChoices Choices { get; private init; } = new();

    /// <summary>Name of the set of weights that was taken from the file, where it holds several; null where there is but one.</summary>
    internal string? Weights { get; private init; }

    /// <summary>Names of the others.</summary>
    internal IReadOnlyList<string> OtherWeights { get; private init; } = [];

    /// <summary>What neither the tensors nor a config.json say.</summary>
    internal IReadOnlyList<Assumption> Assumed { get; private init; } = [];

    // A key that nothing reads would be a setting that is silently without effect.
    private ModelFile Checked(ModelChoices choices)
    {
        var known = Model.Settings.Keys.Concat(otherKeys).Distinct(StringComparer.Ordinal);
        return choices.Config.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.Ordinal)) is { } unknown
            ? throw new BadInputException(
                $"config.json's key {Printable.Name(unknown)} says nothing of a {Model.Facts.Kind} here; known are "
                    + $"{string.Join(", ", known.Order(StringComparer.Ordinal))}")
            : this with { Choices = choices };
    }

    private static Architecture? Stated(ConfigFile? config, ModelInput reads)
        => config?.GetString("model_type", "") is { Length: > 0 } type
            ? Architectures.OfModelType(type) is { } known && known.Reads == reads
                ? known
                : throw new BadInputException(
                    $"{config.Path}: model_type is \"{Printable.Name(type)}\"; "
                        + SupportedInPlaceOf(Architectures.OfModelType(type), reads))
            : null;

    private static ModelFile Read(
        ModelSpecification source, ModelInput reads, Architecture? stated, WeightChoice choice, ConfigFile? config)
    {
        var checkpoint = choice.Checkpoint;
        var matched = stated?.Matches(checkpoint) == true ? stated : null;
        if (config is not null && stated is { IsStatedInEarnest: true } && matched is null)
        {
            throw new BadInputException(
                $"{config.Path}: model_type is \"{config.GetString("model_type")}\", but {checkpoint.Path} holds no {stated.Name} "
                    + $"({Contents(checkpoint)})");
        }

        var architecture =
            matched
                ?? Architectures.For(reads).FirstOrDefault(one => one.Matches(checkpoint))
                ?? throw new BadInputException(
                    $"{checkpoint.Path} is not {Wanted(reads)} that can be opened up here ({Contents(checkpoint)}); "
                        + $"{SupportedInPlaceOf(Architectures.Matching(checkpoint), reads)}");
        var model = architecture.Read(checkpoint, config);
        return new(source, model, config, checkpoint.Path)
        {
            Weights = choice.Others.Count > 0 ? checkpoint.Weights : null,
            OtherWeights = choice.Others,
            Assumed = architecture.Assumed(model, config),
        };
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

    private static (ModelPreset Preset, int Seed, WeightFormat? Matrices) PresetOf(string specification, ModelInput reads)
    {
        var (name, seed, matrices) = Presets.Parse(specification);
        return Presets.Find(name) is { } found && found.Architecture.Reads == reads
            ? (found.Preset, seed, matrices)
            : Presets.Find(name) is { Architecture.Reads: ModelInput.Series }
                ? throw new BadInputException($"{name} is the preset of a model of series; run, explain, attention and info take it")
            : throw new BadInputException(
                $"there is no preset {name}{Of(reads)}; known: "
                    + $"{string.Join(", ", Presets.NamesFor(reads))}{ClosestNames.Hint(name, Presets.NamesFor(reads))}");
    }

    private static Checkpoint OpenWeights(ModelSpecification source, ModelInput reads)
    {
        var first = Checkpoint.Open(source.Path!);
        if (
            Files(source).ElementAtOrDefault(1) is not { } other
            || IsKnown(first.Choose(one => IsKnown(one, reads)).Checkpoint, reads))
        {
            return first;
        }

        first.Dispose();
        return Checkpoint.Open(other);
    }

    // safetensors come first, but a folder may hold one that is no model (saved maps, say) beside weights in PyTorch's format.
    private static IEnumerable<string> Files(ModelSpecification source)
        => Directory.Exists(source.Path) && source.Beside(PyTorchWeights) is { } other ? [source.Path, other] : [source.Path!];

    // Asked of whatever lies in the file, behind whatever prefix, in whatever dict.
    private static bool IsKnown(Checkpoint checkpoint, ModelInput reads)
        => Architectures.For(reads).Any(architecture => architecture.Matches(checkpoint));

    // Who did not ask for text may have meant it.
    private static string SupportedInPlaceOf(Architecture? found, ModelInput reads)
        => reads == ModelInput.Pictures && found is null
            ? Architectures.Supported()
            : Architectures.Supported(reads);

    private static string Wanted(ModelInput reads) => reads switch
    {
        ModelInput.Text => "a language model",
        ModelInput.Series => "a model of series or tables",
        _ => "a model",
    };

    private static string Of(ModelInput reads) => reads switch
    {
        ModelInput.Text => " of a language model",
        ModelInput.Series => " of a model of series",
        _ => "",
    };

    private static string Contents(Checkpoint checkpoint)
        => checkpoint.Tensors.Count == 0
            ? "it holds no tensors"
            : "its tensors are called "
                + $"{string.Join(", ", checkpoint.Tensors.Keys.Order(StringComparer.Ordinal).Take(3).Select(Printable.Name))} ...";
}
