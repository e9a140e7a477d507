using Mambascope.Attribution;
using Mambascope.Evaluation.Datasets;

namespace Mambascope.Evaluation.Cases;

/// <summary>
/// An item of a data set as one model answered it: what is measured. Measures that need more than maps of it ask for one of its subtypes,
/// which also know how their input is changed and explained again.
/// </summary>
/// <param name="Index">Number in the data set.</param>
/// <param name="Id">Stable name in the data set.</param>
/// <param name="Scores">The model's logits.</param>
/// <param name="Prediction">Its answer.</param>
/// <param name="Explained">The class or token that maps explain.</param>
public abstract record Case(int Index, string Id, float[] Scores, int Prediction, int Explained)
{
    /// <summary>What it is.</summary>
    public abstract CaseKind Kind { get; }

    /// <summary>The right answer, where it is known.</summary>
    public abstract int? Answer { get; }

    /// <summary>More that is known about it, for slices.</summary>
    public abstract IReadOnlyDictionary<string, string> Columns { get; }

    /// <summary>Rows and columns of a map of it: the patch grid of a picture, 1 and the tokens of a text.</summary>
    public abstract (int Rows, int Columns) MapSize { get; }

    /// <summary>What is known to matter, as a map; null where it is not known.</summary>
    public abstract RelevanceMap<float>? Truth { get; }
}
