using Mambascope.Autodiff;
using Mambascope.Evaluation;
using Mambascope.Models;

namespace Mambascope.Training;

/// <summary>A case to run, and how it is changed first.</summary>
/// <param name="Case">Index in its split.</param>
/// <param name="Chance">Where its changes come from; null for none.</param>
internal readonly record struct DrawnCase(int Case, SplitMix64? Chance);

/// <summary>The cases of a split with their classes or numbers, in memory as a model reads them.</summary>
/// <param name="labels">Class of each case; all 0 where a number is learned.</param>
internal abstract class LabelledCases(int[] labels)
{
    /// <summary>Class of each case.</summary>
    public int[] Labels { get; } = labels;

    /// <summary>The true number of each case, standardised; null where classes are learned.</summary>
    public float[]? Targets { get; init; }

    /// <summary>What that number is.</summary>
    public PredictedNumber? Number { get; init; }

    /// <summary>How many.</summary>
    public int Count => Labels.Length;

    /// <summary>Outputs (cases, 1, classes or 1) of some cases.</summary>
    /// <param name="tape">Where the run is recorded, or not.</param>
    /// <param name="model">The model.</param>
    /// <param name="cases">Which.</param>
    /// <param name="dropPath">Factors of residual branches, by branch; null for none.</param>
    public abstract Value<float> Scores(Tape<float> tape, IModel model, ReadOnlySpan<DrawnCase> cases, Func<int, float[]>? dropPath = null);

    /// <summary>Cases of each class.</summary>
    public int[] CountsOf(int classes)
    {
        var counts = new int[classes];
        foreach (var label in Labels)
        {
            counts[label]++;
        }

        return counts;
    }
}
