using Mambascope.Checkpoints;
using Mambascope.Inputs.Series;

namespace Mambascope.Models;

/// <summary>Mambas and transformers over time series and tables.</summary>
internal sealed class SeriesArchitecture : Architecture
{
    internal const string ModelType = "mamba-series";

    /// <inheritdoc/>
    public override string Name => "series Mamba";

    /// <inheritdoc/>
    public override string Supports => "Mambas and transformers over time series and tables (mambascope train)";

    /// <inheritdoc/>
    public override ModelInput Reads => ModelInput.Series;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes { get; } = [ModelType];

    /// <inheritdoc/>
    public override IReadOnlyList<ModelPreset> Presets { get; } =
    [
        Preset("series-tiny", SeriesMixer.Scan),
        Preset("series-tiny-attention", SeriesMixer.Attention),
    ];

    /// <inheritdoc/>
    public override bool Matches(Checkpoint checkpoint) => SeriesCheckpoint.Matches(checkpoint);

    /// <inheritdoc/>
    public override IModel Read(Checkpoint checkpoint, ConfigFile? config) => SeriesCheckpoint.Load(checkpoint, config);

    /// <inheritdoc/>
    public override IReadOnlyList<Assumption> Assumed(IModel model, ConfigFile? config)
        => Assumption.Where(config, new("values standardised already", "means"), new("one step a token", "patch_length"));

    // One channel, two classes: to try what can be asked of such a model.
    private static ModelPreset Preset(string name, SeriesMixer mixer)
    {
        SeriesFormat format = new(SeriesKind.Steps, [new("value")]);
        var settings = SeriesModelSettings.Of(format, new([0], [1]), classes: 2, width: 32, depth: 2, mixer);
        return new(name, weights => new SeriesClassifier(settings, new(settings, weights)));
    }
}
