using Mambascope.Inputs.Series;

namespace Mambascope.Evaluation.SeriesDatasets;

/// <summary>One case of a data set, as a data set of its own.</summary>
internal sealed class SeriesDatasetCase : ISeriesDataset
{
    private readonly ISeriesDataset all;
    private readonly SeriesItem item;

    /// <summary>The case of that name.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    internal SeriesDatasetCase(ISeriesDataset all, string name)
    {
        this.all = all;
        item = Enumerable.Range(0, all.Count).Select(all.Read).FirstOrDefault(item => item.Case.Name == name)
            ?? throw new BadInputException($"{all.Name} has no case {name}; it has {all.Count}");
    }

    /// <inheritdoc/>
    public string Name => all.Name;

    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public SeriesFormat Format => all.Format;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => all.Classes;

    /// <inheritdoc/>
    public bool HasLabels => all.HasLabels;

    /// <inheritdoc/>
    public bool HasTruth => all.HasTruth;

    /// <inheritdoc/>
    public SeriesItem Read(int index) => index == 0 ? item : throw new ArgumentOutOfRangeException(nameof(index));
}
