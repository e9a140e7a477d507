using Mambascope.Models;

namespace Mambascope.Training;

/// <summary>demo-mamba: a Mamba language model that reads bytes, of 1.1 million parameters.</summary>
public sealed record DemoMambaSettings : LanguageTrainingSettings
{
    private const int Bytes = 256;

    /// <summary>Width of the residual stream.</summary>
    public int Width { get; init; } = 160;

    /// <summary>Blocks.</summary>
    public int Depth { get; init; } = 6;

    /// <summary>States a channel.</summary>
    public int StateSize { get; init; } = 16;

    /// <inheritdoc/>
    public override ILanguageModel Create(WeightSource weights) => new Mamba(Model, new(Model, weights));

    private MambaConfig Model => new()
    {
        VocabularySize = Bytes,
        Width = Width,
        Depth = Depth,
        InnerWidth = 2 * Width,
        StateSize = StateSize,
        DtRank = (Width + 15) / 16,
    };
}
