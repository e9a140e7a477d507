using Mambascope.Models;

namespace Mambascope.Recipes;

/// <summary>A Mamba-2 language model that reads bytes; demo-mamba2 has 1.1 million parameters.</summary>
internal sealed record DemoMamba2Settings : LanguageTrainingSettings
{
    private const int HeadChannels = 32;

    /// <inheritdoc/>
    public override int Width { get; init; } = 160;

    /// <inheritdoc/>
    public override int Depth { get; init; } = 6;

    /// <summary>States a channel.</summary>
    public int StateSize { get; init; } = 64;

    /// <inheritdoc/>
    public override ILanguageModel Create(WeightSource weights) => new Mamba2(Model, new(Model, weights));

    private Mamba2Config Model => new()
    {
        VocabularySize = Bytes,
        Width = Width,
        Depth = Depth,
        InnerWidth = 2 * Width,
        Heads = 2 * Width / HeadChannels,
        StateSize = StateSize,
    };
}
