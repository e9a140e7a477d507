using System.Text.Json;
using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>Language models of one <see cref="DecoderFamily"/>.</summary>
internal sealed class DecoderArchitecture(DecoderFamily family) : Architecture
{
    /// <inheritdoc/>
    public override string Name => family.Name;

    /// <inheritdoc/>
    public override ModelInput Reads => ModelInput.Text;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes { get; } = [family.ModelType];

    /// <inheritdoc/>
    public override IReadOnlyList<ModelPreset> Presets { get; } =
    [.. family.Presets.Select(preset => Preset(family, preset.Key, preset.Value))];

    // What its settings change leaves no trace in tensors, so that another model could be taken for it.
    /// <inheritdoc/>
    internal override bool IsStatedInEarnest => true;

    /// <inheritdoc/>
    public override bool Matches(Checkpoint checkpoint) => family.Matches([.. checkpoint.Tensors.Keys]);

    /// <inheritdoc/>
    public override IModel Read(Checkpoint checkpoint, ConfigFile? config)
    {
        if (config is null)
        {
            throw new BadInputException(
                $"{checkpoint.Path} holds a {Name}, whose sizes do not follow from its tensors alone; put the model's config.json "
                    + "beside it");
        }

        var tensors = new DecoderTensors(new ModelTensors(checkpoint, config), family);
        var shape = family.Shape(new(config, tensors.Tensors));
        var model = new Decoder(shape, tensors.Of);
        tensors.RefuseUnused($"a {Name} as its config.json describes it", shape);
        return model;
    }

    private static ModelPreset Preset(DecoderFamily family, string name, IReadOnlyDictionary<string, object?> settings)
    {
        // Made when the preset is: every start of the program lists the names.
        return new(name, weights => new Decoder(family.Shape(new(Config(), tensors: null)), weights), WeightFormat.BF16);

        ConfigFile Config() => ConfigFile.Of($"the preset {name}", ReflectedJson.Element(settings));
    }
}
