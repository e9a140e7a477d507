using Mambascope.Models;

namespace Mambascope.Recipes;

/// <summary>
/// A hybrid that reads bytes: Mamba-2 and attention without positions in turn, each followed by a gated MLP, under the names of
/// GraniteMoeHybrid; demo-hybrid has 1.1 million parameters.
/// </summary>
internal sealed record DemoHybridSettings : LanguageTrainingSettings
{
    private const int HeadChannels = 32;

    /// <inheritdoc/>
    public override int Width { get; init; } = 128;

    /// <inheritdoc/>
    public override int Depth { get; init; } = 6;

    /// <summary>States a channel.</summary>
    public int StateSize { get; init; } = 64;

    /// <summary>Width inside an MLP.</summary>
    public int MlpWidth { get; init; } = 224;

    /// <inheritdoc/>
    public override ILanguageModel Create(WeightSource weights) => HybridModels.ScansAndAttentionInTurn(
        new()
        {
            VocabularySize = Bytes,
            Width = Width,
            Depth = Depth,
            ScanHeads = 2 * Width / HeadChannels,
            StateSize = StateSize,
            AttentionHeads = Width / HeadChannels,
            MlpWidth = MlpWidth,
        },
        weights);
}
