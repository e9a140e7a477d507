using Mambascope.Models;

namespace Mambascope.Recipes;

/// <summary>A GPT-NeoX language model that reads bytes: the transformer beside demo-mamba; demo-neox has 1.2 million parameters.</summary>
internal sealed record DemoNeoXSettings : LanguageTrainingSettings
{
    private const int HeadChannels = 32;

    /// <inheritdoc/>
    public override int Width { get; init; } = 128;

    /// <inheritdoc/>
    public override int Depth { get; init; } = 6;

    /// <summary>Width inside the MLP: 3.5 times the stream's, so that the sizes of the models agree.</summary>
    public int MlpWidth { get; init; } = 448;

    /// <inheritdoc/>
    public override ILanguageModel Create(WeightSource weights) => new GptNeoX(Model, new(Model, weights));

    private GptNeoXConfig Model => new()
    {
        VocabularySize = Bytes,
        Width = Width,
        Depth = Depth,
        Heads = Width / HeadChannels,
        MlpWidth = MlpWidth,
    };
}
