using Mambascope.Models;

namespace Mambascope.Recipes;

/// <summary>A Mamba language model that reads bytes; demo-mamba has 1.1 million parameters.</summary>
internal sealed record DemoMambaSettings : LanguageTrainingSettings
{
    /// <inheritdoc/>
    public override int Width { get; init; } = 160;

    /// <inheritdoc/>
    public override int Depth { get; init; } = 6;

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
