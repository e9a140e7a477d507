using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>Vision Mamba (Vim), bidirectional.</summary>
internal sealed class VisionMambaArchitecture : Architecture
{
    private const int NewStates = 8;

    /// <inheritdoc/>
    public override string Name => "Vision Mamba";

    /// <inheritdoc/>
    public override string Supports => "Vision Mamba (Vim, bidirectional v2)";

    /// <inheritdoc/>
    public override ModelInput Reads => ModelInput.Pictures;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes { get; } = ["vim", "vision_mamba"];

    /// <inheritdoc/>
    public override IReadOnlyList<ModelPreset> Presets { get; } =
    [Preset("vim-tiny", 192), Preset("vim-small", 384), Preset("vim-base", 768)];

    /// <inheritdoc/>
    public override bool Matches(Checkpoint checkpoint) => VisionMambaCheckpoint.Matches(checkpoint);

    /// <inheritdoc/>
    public override IReadOnlyList<Assumption> Assumed(IModel model, ConfigFile? config)
    {
        ArgumentNullException.ThrowIfNull(model);
        var sizes = ((VisionMamba)model).Config;
        Assumption[] token = sizes.ClassToken == ClassTokenKind.MeanPool ? []
            : [new($"class token in the {(sizes.ClassToken == ClassTokenKind.First ? "front" : "middle")}", "class_token")];
        return Assumption.Where(
            config,
            [
                .. token,
                new($"the two directions {(sizes.HalveDirections ? "halved" : "summed")}", "if_divide_out"),
                new($"patches {sizes.Stride} pixels apart", "stride"),
                new(Assumption.Epsilon(sizes.NormEpsilon), "layer_norm_epsilon"),
            ]);
    }

    /// <inheritdoc/>
    public override IModel Read(Checkpoint checkpoint, ConfigFile? config) => VisionMambaCheckpoint.Load(checkpoint, config);

    /// <inheritdoc/>
    internal override NewPictureModel NewPictures { get; } =
        new("vim", "Vision Mamba: one scan there, one back, class token in the middle", Width: 96, Depth: 6, (sizes, weights) =>
        {
            var config = new VisionMambaConfig
            {
                ImageSize = sizes.ImageSize,
                PatchSize = sizes.PatchSize,
                Stride = sizes.PatchSize,
                Width = sizes.Width,
                Depth = sizes.Depth,
                InnerWidth = 2 * sizes.Width,
                StateSize = NewStates,
                DtRank = (sizes.Width + 15) / 16,
                Classes = sizes.Classes,
            };
            return new VisionMamba(config, new(config, weights));
        })
        {
            WidthStep = 8,
        };

    private static ModelPreset Preset(string name, int width)
    {
        var config = new VisionMambaConfig { Width = width, Depth = 24, InnerWidth = 2 * width, DtRank = width / 16, Classes = 1000 };
        return new(name, weights => new VisionMamba(config, new(config, weights)));
    }
}
