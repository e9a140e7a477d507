using Mambascope.Inputs.Series;

namespace Mambascope.Evaluation.SeriesDatasets;

/// <summary>Sets of series in which it is known what decides: <see cref="MotifSet"/> and <see cref="EcgSet"/>.</summary>
internal static class PlantedSeries
{
    /// <summary>How they are named, for messages and help texts.</summary>
    public const string Known = $"{MotifSet.Prefix}:COUNT, {EcgSet.Prefix}:FILE.npz:COUNT";

    private const int Standard = 2000; // series to train on where nothing is said

    /// <summary>Whether a specification means such a set.</summary>
    public static bool Is(string specification) => MotifSet.Is(specification) || EcgSet.Is(specification);

    /// <summary>Opens one.</summary>
    /// <param name="specification">Which.</param>
    /// <param name="most">Series at most, the first; null for all.</param>
    /// <exception cref="BadInputException">Another form, or its file will not do.</exception>
    public static ISeriesDataset Open(string specification, int? most = null)
    {
        if (MotifSet.Is(specification))
        {
            var motifs = MotifSet.Open(specification);
            return most < motifs.Count ? motifs.First(most.Value) : motifs;
        }

        var windows = EcgSet.Open(specification);
        return most < windows.Count ? windows.First(most.Value) : windows;
    }

    /// <summary>
    /// What a model is trained on and tested by: SPECIFICATION, or SPECIFICATION:COUNT with a count of series to train on.
    /// </summary>
    /// <exception cref="BadInputException">It names a split, or the file will not do.</exception>
    public static (ISeriesDataset Train, ISeriesDataset Test) Pair(string specification)
    {
        if (specification.EndsWith(":test", StringComparison.Ordinal))
        {
            throw new BadInputException(
                $"{specification}: those series are to test by; expected {MotifSet.Prefix}:COUNT:train or "
                    + $"{EcgSet.Prefix}:FILE.npz:COUNT:train");
        }

        var named = specification.EndsWith(":train", StringComparison.Ordinal) ? specification[..^":train".Length] : specification;
        var bare = named.LastIndexOf(':') is > 0 and var at && int.TryParse(named[(at + 1)..], out _) ? named[..at] : named;
        return (Open(bare == named ? $"{named}:{Standard}:train" : $"{named}:train"), Open(bare));
    }

    /// <summary>All of one, as a file of series would be read.</summary>
    public static SeriesData All(ISeriesDataset set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return new(set.Name, set.Format, [.. Enumerable.Range(0, set.Count).Select(index => set.Read(index).Case)], set.Classes);
    }
}
