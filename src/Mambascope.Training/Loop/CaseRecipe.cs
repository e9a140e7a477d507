namespace Mambascope.Training;

/// <summary>
/// All numbers of the training of a classifier, nothing left open. Its text tells saved runs apart, so it names everything that decides
/// what is computed.
/// </summary>
internal sealed record CaseRecipe : ITrainingRecipe
{
    /// <summary>Hash of the cases.</summary>
    public required string Data { get; init; }

    /// <summary>What is trained, by its name on the command line.</summary>
    public required string Architecture { get; init; }

    /// <summary>Hash of the weights that it starts from; null for a start from chance.</summary>
    public string? From { get; init; }

    /// <summary>Classes.</summary>
    public required int Classes { get; init; }

    /// <summary>Side of the picture.</summary>
    public int Size { get; init; }

    /// <summary>Side of a patch.</summary>
    public int PatchSize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public int Width { get; init; }

    /// <summary>Blocks.</summary>
    public int Depth { get; init; }

    /// <inheritdoc/>
    public required int Seed { get; init; }

    /// <inheritdoc/>
    public int Steps { get; init; }

    /// <inheritdoc/>
    public required int BatchSize { get; init; }

    /// <summary>Steps in which every case is seen once.</summary>
    public required int StepsPerEpoch { get; init; }

    /// <summary>Cases that are run at once; part of the recipe, since sums are added in its order.</summary>
    public int MicroBatch { get; init; }

    /// <inheritdoc/>
    public double PeakLearningRate { get; init; }

    /// <inheritdoc/>
    public double FloorLearningRate => PeakLearningRate / 100;

    /// <inheritdoc/>
    public int WarmUpSteps => Math.Min(300, Math.Max(1, Steps / 10));

    /// <inheritdoc/>
    public required double WeightDecay { get; init; }

    /// <inheritdoc/>
    public double Beta2 => 0.99;

    /// <summary>The average remembers about a thirtieth of the run.</summary>
    public double AverageDecay => Math.Clamp(1 - (30.0 / Math.Max(1, Steps)), 0.5, 0.998);

    /// <summary>Share of the target spread over all classes.</summary>
    public required double LabelSmoothing { get; init; }

    /// <summary>Drop path rate of the last residual branch.</summary>
    public required double DropPath { get; init; }

    /// <summary>Changes of training pictures.</summary>
    public PictureChanges Changes { get; init; }

    /// <summary>Whether every class counts the same.</summary>
    public required bool IsBalanced { get; init; }

    /// <summary>Steps from one validation to the next: an epoch, within bounds; ten in a run at least.</summary>
    public int ValidateEvery => Math.Max(1, Math.Min(Math.Clamp(StepsPerEpoch, 20, 400), Steps / 10));

    /// <summary>Validations without a better loss after which it ends.</summary>
    public int Patience { get; init; }
}
