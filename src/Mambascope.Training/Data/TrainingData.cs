using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.SeriesDatasets;
using Mambascope.Inputs.Series;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>All that a model learns from, and the kind of model that can.</summary>
internal abstract class TrainingData
{
    /// <summary>Names of what can be trained on them, the standard one first.</summary>
    public abstract IReadOnlyList<string> Architectures { get; }

    /// <summary>The number that is learned; null where classes are.</summary>
    public PredictedNumber? Number { get; init; }

    /// <summary>Names of the classes; of a number its name alone.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Cases to learn from.</summary>
    public required LabelledCases Train { get; init; }

    /// <summary>Cases that choose the weights.</summary>
    public required LabelledCases Validation { get; init; }

    /// <summary>Cases for the final figures, if there are any.</summary>
    public required LabelledCases? Test { get; init; }

    /// <summary>A hash of all cases and their classes.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>How the splits came about, in words.</summary>
    public required string SplitWords { get; init; }

    /// <summary>What is worth knowing about the cases.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>What a case is called, several of them: "pictures".</summary>
    public abstract string Unit { get; }

    /// <summary>What its cases look like to the model: "28 x 28 pixels".</summary>
    public abstract string InputWords { get; }

    /// <summary>Sizes of a new model where the settings say nothing of them.</summary>
    public abstract CaseRecipe Complete(CaseRecipe recipe, TrainingSettings settings);

    /// <summary>A new model for these cases.</summary>
    public abstract IModel Create(CaseRecipe recipe, WeightSource weights);

    /// <summary>Sizes of the model in words.</summary>
    public abstract string SizeWords(CaseRecipe recipe);

    /// <summary>Reads data of any kind into memory.</summary>
    /// <exception cref="BadInputException">There is nothing to learn from, it is damaged, or the settings do not fit.</exception>
    public static TrainingData Load(TrainingSettings settings, TrainingOptions options, Workers workers)
        => PlantedSeries.Is(settings.Data) || (SeriesFile.Is(settings.Data) && !MedMnist.Is(settings.Data))
            ? MeasuredData.Read(settings)
            : PictureData.Read(settings, options, workers);

    /// <summary>What stands in a model folder beside config.json: file names and JSON.</summary>
    public abstract IEnumerable<(string File, object Json)> FilesBeside { get; }
}
