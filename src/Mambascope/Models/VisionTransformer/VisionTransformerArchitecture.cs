using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>Vision transformers: ViT and DeiT.</summary>
internal sealed class VisionTransformerArchitecture : Architecture
{
    private const int NewHead = 32; // channels

    /// <inheritdoc/>
    public override string Name => "vision transformer";

    /// <inheritdoc/>
    public override string Supports => "vision transformers (ViT, DeiT)";

    /// <inheritdoc/>
    public override ModelInput Reads => ModelInput.Pictures;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes { get; } = ["vit", "deit"];

    /// <inheritdoc/>
    public override IReadOnlyList<ModelPreset> Presets { get; } =
    [Preset("deit-tiny", 192), Preset("deit-small", 384), Preset("deit-base", 768)];

    /// <inheritdoc/>
    public override bool Matches(Checkpoint checkpoint) => VisionTransformerCheckpoint.Matches(checkpoint);

    /// <inheritdoc/>
    public override IModel Read(Checkpoint checkpoint, ConfigFile? config) => VisionTransformerCheckpoint.Load(checkpoint, config);

    /// <inheritdoc/>
    public override IReadOnlyList<Assumption> Assumed(IModel model, ConfigFile? config)
    {
        ArgumentNullException.ThrowIfNull(model);
        var sizes = ((VisionTransformer)model).Config;
        Assumption heads = new(SoftmaxFacts.HeadsInWords(sizes.Heads, sizes.Width), "num_attention_heads");

        // timm's config.json names no heads, and a file without them may be of any model.
        return config?.Has(heads.Key) == true ? []
            : config?.IsFile == true ? [heads]
            : [heads, .. Assumption.Where(config, new Assumption(Assumption.Epsilon(sizes.NormEpsilon), "layer_norm_eps"))];
    }

    /// <summary>Small ones need a start that knows the grid and looks around, see <see cref="MimeticAttention"/>.</summary>
    internal override NewPictureModel NewPictures { get; } =
        new("vit", "vision transformer: softmax attention and MLPs, class token first", Width: 96, Depth: 4, (sizes, weights) =>
        {
            var config = new VisionTransformerConfig
            {
                ImageSize = sizes.ImageSize,
                PatchSize = sizes.PatchSize,
                Width = sizes.Width,
                Depth = sizes.Depth,
                Heads = sizes.Width / NewHead,
                MlpWidth = 4 * sizes.Width,
                Classes = sizes.Classes,
            };
            return new VisionTransformer(config, new(config, MimeticAttention.In(SineCosinePositions.In(weights))));
        })
        {
            WidthStep = NewHead,
            LearningRate = 1e-3,
        };

    private static ModelPreset Preset(string name, int width)
    {
        var config = new VisionTransformerConfig { Width = width, Depth = 12, Heads = width / 64, MlpWidth = 4 * width, Classes = 1000 };
        return new(name, weights => new VisionTransformer(config, new(config, weights)));
    }
}
