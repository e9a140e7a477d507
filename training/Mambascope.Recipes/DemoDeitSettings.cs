using Mambascope.Models;

namespace Mambascope.Recipes;

/// <summary>demo-deit: the transformer beside demo-vim, as DeiT is built: pre-norm blocks, class token first, MLP of four widths.</summary>
internal record DemoDeitSettings : SceneTrainingSettings
{
    /// <summary>
    /// The shared recipe with what short trials showed a transformer of this size to need: a position table that knows the grid (see
    /// <see cref="SineCosinePositions"/>), attention that looks at its neighbourhood to begin with (see <see cref="MimeticAttention"/>), a
    /// lower peak (at demo-vim's 2e-3 the loss stays at chance), a shorter memory for squared gradients, and no label smoothing or drop
    /// path, since every scene is new. One cycle of 5,000 steps ends at 89.2 %.
    /// </summary>
    public DemoDeitSettings()
    {
        PeakLearningRate = 1e-3;
        WarmUpSteps = 200;
        Beta2 = 0.98;
        LabelSmoothing = 0;
        DropPath = 0;
        Steps = 10_000;
        Cycles = 2;
    }

    /// <summary>Width of the residual stream.</summary>
    public int Width { get; init; } = 96;

    /// <summary>Blocks.</summary>
    public int Depth { get; init; } = 6;

    /// <summary>Heads of each block.</summary>
    public int Heads { get; init; } = 3;

    /// <inheritdoc/>
    public override IVisionModel Create(WeightSource weights)
        => ModelOf(MimeticAttention.In(SineCosinePositions.In(weights)));

    /// <summary>The model with weights as they come.</summary>
    private protected IVisionModel ModelOf(WeightSource weights) => new VisionTransformer(Model, new(Model, weights));

    /// <summary>The model: 56 x 56 pixels in patches of 4, the same 14 x 14 patches and 197 tokens as demo-vim.</summary>
    private VisionTransformerConfig Model => new()
    {
        ImageSize = 56,
        PatchSize = 4,
        Width = Width,
        Depth = Depth,
        Heads = Heads,
        MlpWidth = 4 * Width,
        Classes = 8,
    };
}
