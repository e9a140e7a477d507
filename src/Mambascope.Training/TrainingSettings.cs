using Mambascope.Inputs.Series;

namespace Mambascope.Training;

/// <summary>Whether rare classes count more in the loss.</summary>
public enum ClassWeighting
{
    /// <summary>Balanced where the most frequent class has more than twice as many cases as the rarest.</summary>
    Auto,

    /// <summary>Every case counts the same.</summary>
    None,

    /// <summary>Every class counts the same: a case counts N / (K n) with N cases, K classes, n cases of its class.</summary>
    Balanced,
}

/// <summary>What may be changed in a training picture each time it is seen. What would change its meaning must be left out.</summary>
[Flags]
public enum PictureChanges
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Moved by up to a fourteenth of its side; what comes in repeats the edge.</summary>
    Shift = 1,

    /// <summary>Left and right exchanged, every other time. Harmful where the side matters, as for organs or letters.</summary>
    Flip = 2,

    /// <summary>Contrast and brightness changed by up to a fifth.</summary>
    Contrast = 4,

    /// <summary>Turned by up to ten degrees and made larger or smaller by up to a tenth.</summary>
    Turn = 8,
}

/// <summary>
/// Everything that decides what a training computes: equal settings and data give equal weights, byte for byte. What is null is chosen
/// by kind and size of the data.
/// </summary>
public sealed record TrainingSettings
{
    /// <summary>
    /// The data: a folder with a folder for each class (or train, val and test with such folders inside), <c>medmnist:FILE.npz</c>,
    /// <c>shapes[:COUNT]</c>, <c>fashion-scenes[:COUNT]</c> or <c>fashion-scenes-hard[:COUNT]</c>; or a file of time series or a table, see
    /// <see cref="SeriesFile"/>: of NAME_TRAIN.ts the test cases are those of NAME_TEST.ts beside it; or <c>motifs[:COUNT]</c>, series
    /// with known truth.
    /// </summary>
    public required string Data { get; init; }

    /// <summary>
    /// What is trained: one of <see cref="ModelTraining.Architectures"/>, on series and tables of
    /// <see cref="ModelTraining.SeriesArchitectures"/>; null for the first.
    /// </summary>
    public string? Architecture { get; init; }

    /// <summary>
    /// A trained model, by folder or shipped name, whose weights training starts from, the head's apart; null for a start from chance.
    /// Sizes and architecture must be its own.
    /// </summary>
    public string? From { get; init; }

    /// <summary>Names of the classes in the order of their indices, for data that does not say them.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>
    /// Whether the labels of series or rows are numbers to be predicted, not classes; a <c>.ts</c> file may say so itself.
    /// </summary>
    public bool PredictsNumber { get; init; }

    /// <summary>Unit of the predicted number, for whoever reads it; null for none.</summary>
    public string? NumberUnit { get; init; }

    /// <summary>Side of the picture that the model reads.</summary>
    public int? Size { get; init; }

    /// <summary>Of a CSV file: how it is meant; null to go by its columns.</summary>
    public SeriesLayout? Layout { get; init; }

    /// <summary>Of a CSV file: the column with the classes; null for one that is called label, class or target.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>Of a CSV file: the column that says to which case a row belongs; null for one that is called id or case.</summary>
    public string? CaseColumn { get; init; }

    /// <summary>Side of a patch, pixels; of a series the steps that make a token.</summary>
    public int? PatchSize { get; init; }

    /// <summary>Width of the residual stream (of the first stage).</summary>
    public int? Width { get; init; }

    /// <summary>Blocks.</summary>
    public int? Depth { get; init; }

    /// <summary>How often every case is seen; excludes <see cref="Steps"/>.</summary>
    public int? Epochs { get; init; }

    /// <summary>Optimiser steps.</summary>
    public int? Steps { get; init; }

    /// <summary>Cases a step.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Highest learning rate.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Decoupled weight decay of matrices.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Share of the target spread over all classes.</summary>
    public double LabelSmoothing { get; init; } = 0.05;

    /// <summary>Drop path rate of the last residual branch.</summary>
    public double DropPath { get; init; } = 0.05;

    /// <summary>
    /// Changes of training cases; null for <see cref="PictureChanges.Shift"/>, and for none of series, which can be shifted only.
    /// </summary>
    public PictureChanges? Changes { get; init; }

    /// <summary>Share of the cases of each class that is held out to choose the weights, for data without a split of its own.</summary>
    public double ValidationShare { get; init; } = 0.2;

    /// <summary>
    /// Share of the cases of each class that is held out for the final figures, for data without a split of its own; 0 for none: the
    /// figures are then those of the validation cases, which chose the weights.
    /// </summary>
    public double TestShare { get; init; }

    /// <summary>Validations without a better loss after which training ends; null for a third of all.</summary>
    public int? Patience { get; init; }

    /// <summary>Whether rare classes count more.</summary>
    public ClassWeighting ClassWeights { get; init; }

    /// <summary>Seed of weights, order, splits and changes.</summary>
    public int Seed { get; init; } = 1;
}
