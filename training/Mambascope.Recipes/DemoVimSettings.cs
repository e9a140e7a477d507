using Mambascope.Models;

namespace Mambascope.Recipes;

/// <summary>demo-vim: a Vision Mamba of 600 thousand parameters.</summary>
internal record DemoVimSettings : SceneTrainingSettings
{
    /// <summary>Width of the residual stream.</summary>
    public int Width { get; init; } = 96;

    /// <summary>Blocks.</summary>
    public int Depth { get; init; } = 8;

    /// <summary>States a channel.</summary>
    public int StateSize { get; init; } = 8;

    /// <inheritdoc/>
    public override IVisionModel Create(WeightSource weights) => new VisionMamba(Model, new(Model, weights));

    /// <summary>The model: 56 x 56 pixels in patches of 4, so 14 x 14 patches and 197 tokens as in the published models.</summary>
    private VisionMambaConfig Model => new()
    {
        ImageSize = 56,
        PatchSize = 4,
        Stride = 4,
        Width = Width,
        Depth = Depth,
        InnerWidth = 2 * Width,
        StateSize = StateSize,
        DtRank = (Width + 15) / 16,
        Classes = 8,
    };
}
