using Mambascope.Inputs.Series;
using Mambascope.Models;

namespace Mambascope.Evaluation.SeriesDatasets;

/// <summary>Data sets of series and tables by one line of text.</summary>
public static class SeriesDatasetSpecification
{
    /// <summary>What can be opened, for messages and help texts.</summary>
    public const string Known = PlantedSeries.Known + ", FILE.ts, .csv, .tsv or .npz";

    /// <summary>
    /// Opens <c>motifs:COUNT</c> or <c>ecg:FILE:COUNT</c>, series in which it is known what decides the class, or a file of cases; of
    /// either one case with #CASE behind it.
    /// </summary>
    /// <param name="specification">Which.</param>
    /// <param name="model">The model that is to read it.</param>
    /// <param name="options">What is known of a file beforehand.</param>
    /// <param name="most">Cases at most, the first; null for all.</param>
    /// <exception cref="BadInputException">There is no such file, it is damaged or does not fit the model.</exception>
    public static ISeriesDataset Open(string specification, SeriesModel model, SeriesFileOptions? options = null, int? most = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (path, one) = SeriesFile.Split(specification);
        if (PlantedSeries.Is(path))
        {
            return one is null ? PlantedSeries.Open(path, most) : new SeriesDatasetCase(PlantedSeries.Open(path), one);
        }

        var data = model.Read(path, options);
        return new SeriesFileDataset(data with { Cases = one is null ? [.. data.Cases.Take(most ?? int.MaxValue)] : [data.Find(one)] });
    }
}
