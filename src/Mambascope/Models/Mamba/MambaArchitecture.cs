using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>Mamba language models of the first kind, Falcon-Mamba among them.</summary>
internal sealed class MambaArchitecture : Architecture
{
    /// <inheritdoc/>
    public override string Name => "Mamba";

    /// <inheritdoc/>
    public override string Supports => "Mamba, Falcon-Mamba";

    /// <inheritdoc/>
    public override ModelInput Reads => ModelInput.Text;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes { get; } = ["mamba", "falcon_mamba"];

    /// <inheritdoc/>
    public override IReadOnlyList<ModelPreset> Presets { get; } =
    [
        Preset("mamba-130m", 768, 24),
        Preset("mamba-370m", 1024, 48),
        Preset("mamba-790m", 1536, 48),
        Preset("mamba-1.4b", 2048, 48),
        Preset("mamba-2.8b", 2560, 64),
    ];

    /// <inheritdoc/>
    public override bool Matches(Checkpoint checkpoint) => MambaCheckpoint.Matches(checkpoint);

    /// <inheritdoc/>
    public override IReadOnlyList<Assumption> Assumed(IModel model, ConfigFile? config)
    {
        ArgumentNullException.ThrowIfNull(model);
        var sizes = ((Mamba)model).Config;
        return Assumption.Where(
            config,
            new(
                sizes.MixerNormEpsilon is null
                    ? "plain Mamba, not Falcon-Mamba, whose tensors are the same"
                    : "Falcon-Mamba",
                "model_type"),
            new Assumption(Assumption.Epsilon(sizes.NormEpsilon), "layer_norm_epsilon"));
    }

    /// <inheritdoc/>
    public override IModel Read(Checkpoint checkpoint, ConfigFile? config) => MambaCheckpoint.Load(checkpoint, config);

    private static ModelPreset Preset(string name, int width, int depth)
    {
        var config = new MambaConfig
        {
            VocabularySize = 50280,
            Width = width,
            Depth = depth,
            InnerWidth = 2 * width,
            DtRank = (width + 15) / 16,
        };
        return new(name, weights => new Mamba(config, new(config, weights)), WeightFormat.BF16);
    }
}
