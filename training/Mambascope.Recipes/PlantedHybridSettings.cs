using Mambascope.Models;

namespace Mambascope.Recipes;

/// <summary>
/// A hybrid for texts with planted truth: in every block Mamba-2 and attention side by side, under the names of Falcon-H1, so that it can
/// be seen which of them carries recall.
/// </summary>
internal sealed record PlantedHybridSettings : LanguageTrainingSettings
{
    private const int HeadChannels = 32;

    /// <summary>The recipe of planted-neox.</summary>
    public PlantedHybridSettings()
    {
        BatchSize = 64;
        Steps = 5000;
        PeakLearningRate = 2e-3;
        WeightDecay = 0.01;
    }

    /// <inheritdoc/>
    public override int Width { get; init; } = 64;

    /// <inheritdoc/>
    public override int Depth { get; init; } = 2;

    /// <summary>States a channel.</summary>
    public int StateSize { get; init; } = 16;

    /// <summary>Width inside an MLP.</summary>
    public int MlpWidth { get; init; } = 128;

    /// <inheritdoc/>
    public override ILanguageModel Create(WeightSource weights) => HybridModels.ScansBesideAttention(
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
