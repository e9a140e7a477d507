namespace Mambascope.Models;

/// <content>What the model is, and what it costs.</content>
public sealed partial class VisionTransformer
{
    /// <inheritdoc/>
    public override ModelFacts Facts => new()
    {
        Name = "vit",
        Kind = "vision transformer",
        Title = "vision transformer (ViT, DeiT)",
        Width = Config.Width,
        ClassToken = ClassTokenIndex,
        Heads = Config.Heads,
        Rows = [SoftmaxFacts.Of(Config.Heads, Config.Width, Config.MlpWidth, Config.NormEpsilon)],
    };

    /// <inheritdoc/>
    public override ModelWork Work
    {
        get
        {
            var (d, m) = (Config.Width, Config.MlpWidth);
            return new()
            {
                Embedding = ModelWork.Product(Config.Patches, Config.Channels * Config.PatchSize * Config.PatchSize, d),
                Linear = Config.Depth * (ModelWork.Product(1, d, 4 * d) + (2 * ModelWork.Product(1, d, m))),
                Head = ModelWork.Product(1, d, Config.Classes),
                Mixers = [.. Enumerable.Repeat(new SoftmaxWork(d, Config.Heads, IsCausal: false), Config.Depth)],
                Products = [(d, 3 * d), (d, m)],
                Bytes = WeightTotals.Of(AllWeights).Bytes,
            };
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object> Settings => new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["model_type"] = "vit",
        ["image_size"] = Config.ImageSize,
        ["patch_size"] = Config.PatchSize,
        ["hidden_size"] = Config.Width,
        ["num_hidden_layers"] = Config.Depth,
        ["intermediate_size"] = Config.MlpWidth,
        ["num_attention_heads"] = Config.Heads,
        ["layer_norm_eps"] = Math.Round(Config.NormEpsilon, 12),
        ["num_labels"] = Config.Classes,
    };

    /// <inheritdoc/>
    public override IVisionModel With(WeightSource weights) => new VisionTransformer(Config, new(Config, weights));
}
