using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>Mamba-2 language models.</summary>
internal sealed class Mamba2Architecture : Architecture
{
    /// <inheritdoc/>
    public override string Name => "Mamba-2";

    /// <inheritdoc/>
    public override ModelInput Reads => ModelInput.Text;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes { get; } = ["mamba2"];

    /// <inheritdoc/>
    public override IReadOnlyList<ModelPreset> Presets { get; } =
    [Preset("mamba2-130m", 768, 24), Preset("mamba2-370m", 1024, 48), Preset("mamba2-780m", 1536, 48)];

    /// <inheritdoc/>
    public override bool Matches(Checkpoint checkpoint) => Mamba2Checkpoint.Matches(checkpoint);

    /// <inheritdoc/>
    public override IReadOnlyList<Assumption> Assumed(IModel model, ConfigFile? config)
    {
        ArgumentNullException.ThrowIfNull(model);
        var sizes = ((Mamba2)model).Config;
        return Assumption.Where(
            config,
            new($"{sizes.Groups} group{(sizes.Groups == 1 ? "" : "s")} of heads", "n_groups"),
            new("no limits of the step", "time_step_limit"),
            new Assumption(Assumption.Epsilon(sizes.NormEpsilon), "layer_norm_epsilon"));
    }

    /// <inheritdoc/>
    public override IModel Read(Checkpoint checkpoint, ConfigFile? config) => Mamba2Checkpoint.Load(checkpoint, config);

    private static ModelPreset Preset(string name, int width, int depth)
    {
        var config = new Mamba2Config
        {
            VocabularySize = 50288,
            Width = width,
            Depth = depth,
            InnerWidth = 2 * width,
            Heads = 2 * width / 64,
            NormalisesGroups = true,
        };
        return new(name, weights => new Mamba2(config, new(config, weights)), WeightFormat.BF16);
    }
}
