using Mambascope.Models;
using Mambascope.Training;

namespace Mambascope.Recipes;

/// <summary>The recipe that all language models of bytes share, and the model. Equal settings give equal weights.</summary>
internal abstract record LanguageTrainingSettings : ITrainingRecipe
{
    /// <summary>Every byte is a token.</summary>
    protected const int Bytes = 256;

    /// <inheritdoc/>
    public int Seed { get; init; } = 1;

    /// <inheritdoc/>
    public int Steps { get; init; } = 1200;

    /// <summary>Windows of text a step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <inheritdoc/>
    public double PeakLearningRate { get; init; } = 3e-3;

    /// <inheritdoc/>
    public double FloorLearningRate { get; init; } = 3e-5;

    /// <inheritdoc/>
    public int WarmUpSteps { get; init; } = 100;

    /// <inheritdoc/>
    public double WeightDecay { get; init; } = 0.1;

    /// <inheritdoc/>
    public double Beta2 { get; init; } = 0.99;

    /// <inheritdoc/>
    public double AverageDecay { get; init; } = 0.99;

    /// <summary>Width of the residual stream.</summary>
    public abstract int Width { get; init; }

    /// <summary>Blocks.</summary>
    public abstract int Depth { get; init; }

    /// <summary>A new model of these sizes.</summary>
    public abstract ILanguageModel Create(WeightSource weights);
}
