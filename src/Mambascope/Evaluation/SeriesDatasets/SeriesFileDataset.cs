using Mambascope.Inputs.Series;

namespace Mambascope.Evaluation.SeriesDatasets;

/// <summary>The cases of a file.</summary>
/// <param name="data">The file.</param>
public sealed class SeriesFileDataset(SeriesData data) : ISeriesDataset
{
    /// <inheritdoc/>
    public string Name => Path.GetFileName(data.Path);

    /// <inheritdoc/>
    public int Count => data.Cases.Count;

    /// <inheritdoc/>
    public SeriesFormat Format => data.Format;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => data.Classes;

    /// <inheritdoc/>
    public bool HasLabels => data.Cases.All(one => one.Label is not null);

    /// <inheritdoc/>
    public bool HasTruth => false;

    /// <inheritdoc/>
    public SeriesItem Read(int index) => new($"case {data.Cases[index].Name}", data.Cases[index]);
}
