using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>VMamba, v0 and v05_noz.</summary>
internal sealed class VMambaArchitecture : Architecture
{
    /// <inheritdoc/>
    public override string Name => "VMamba";

    /// <inheritdoc/>
    public override string Supports => "VMamba (v0 and v05_noz)";

    /// <inheritdoc/>
    public override ModelInput Reads => ModelInput.Pictures;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes { get; } = ["vmamba"];

    /// <summary>The nine released sizes; those without a mark are the newest of their size.</summary>
    public override IReadOnlyList<ModelPreset> Presets { get; } =
    [
        Preset("vmamba-tiny", isV0: false, 96, 8, 1),
        Preset("vmamba-small", isV0: false, 96, 20, 1),
        Preset("vmamba-base", isV0: false, 128, 20, 1),
        Preset("vmamba-tiny-s2l5", isV0: false, 96, 5, 2),
        Preset("vmamba-small-s2l15", isV0: false, 96, 15, 2),
        Preset("vmamba-base-s2l15", isV0: false, 128, 15, 2),
        Preset("vmamba-v0-tiny", isV0: true, 96, 9, 2),
        Preset("vmamba-v0-small", isV0: true, 96, 27, 2),
        Preset("vmamba-v0-base", isV0: true, 128, 27, 2),
    ];

    /// <inheritdoc/>
    public override bool Matches(Checkpoint checkpoint) => VMambaCheckpoint.Matches(checkpoint);

    /// <inheritdoc/>
    public override IModel Read(Checkpoint checkpoint, ConfigFile? config) => VMambaCheckpoint.Load(checkpoint, config);

    /// <inheritdoc/>
    internal override NewPictureModel NewPictures { get; } =
        new("vmamba", "VMamba: four scans over rows and columns, stages of ever fewer tokens", Width: 48, Depth: 6, (sizes, weights) =>
        {
            var config = VMambaConfig.Small(sizes);
            return new VMamba(config, new(config, weights));
        })
        {
            WidthStep = 8,
            PatchSize = Mixers.Stem.Patch,
        };

    private static ModelPreset Preset(string name, bool isV0, int width, int depth, int ratio)
    {
        var config = VMambaConfig.Of(isV0, width, depth, ratio);
        return new(name, weights => new VMamba(config, new(config, weights)));
    }
}
