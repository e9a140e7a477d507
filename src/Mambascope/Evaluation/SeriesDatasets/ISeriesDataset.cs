using Mambascope.Inputs.Series;

namespace Mambascope.Evaluation.SeriesDatasets;

/// <summary>A case of a data set of series or tables.</summary>
/// <param name="Id">Stable name in the data set.</param>
/// <param name="Case">The case, with its label where it has one.</param>
/// <param name="Truth">The steps, or columns of a table, that are known to matter; null where that is not known.</param>
public sealed record SeriesItem(string Id, SeriesCase Case, IReadOnlyList<int>? Truth = null);

/// <summary>Series or rows of a table that models are measured on.</summary>
public interface ISeriesDataset
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Number of cases.</summary>
    int Count { get; }

    /// <summary>What the cases are made of.</summary>
    SeriesFormat Format { get; }

    /// <summary>The labels that there are, in the order of their class indices; empty where cases have none.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>Whether the cases have labels.</summary>
    bool HasLabels { get; }

    /// <summary>Whether it is known what matters.</summary>
    bool HasTruth { get; }

    /// <summary>Reads a case.</summary>
    SeriesItem Read(int index);
}
