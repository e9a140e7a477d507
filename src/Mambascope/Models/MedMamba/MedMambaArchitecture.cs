using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>MedMamba.</summary>
internal sealed class MedMambaArchitecture : Architecture
{
    /// <inheritdoc/>
    public override string Name => "MedMamba";

    /// <inheritdoc/>
    public override ModelInput Reads => ModelInput.Pictures;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes { get; } = ["medmamba"];

    /// <summary>The published sizes, for six classes as in the public code.</summary>
    public override IReadOnlyList<ModelPreset> Presets { get; } =
        [Preset("medmamba-tiny", 96, 4), Preset("medmamba-small", 96, 8), Preset("medmamba-base", 128, 12)];

    /// <inheritdoc/>
    public override bool Matches(Checkpoint checkpoint) => MedMambaCheckpoint.Matches(checkpoint);

    /// <inheritdoc/>
    public override IModel Read(Checkpoint checkpoint, ConfigFile? config) => MedMambaCheckpoint.Load(checkpoint, config);

    private static ModelPreset Preset(string name, int width, int depth)
    {
        var config = MedMambaConfig.Of(width, depth);
        return new(name, weights => new MedMamba(config, new(config, weights)));
    }
}
