namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// A data set with places for pictures that it held once: a damaged one that was left out of results, and taken out of the folder since.
/// All others keep their numbers, by which results name them and noise is drawn.
/// </summary>
internal sealed class PicturesThatAreGone : IImageDataset
{
    private readonly IImageDataset inner;
    private readonly IReadOnlyDictionary<int, string> gone;
    private readonly int[] places; // of inner, by number; -1 for what is gone

    private PicturesThatAreGone(IImageDataset inner, IReadOnlyDictionary<int, string> gone)
    {
        (this.inner, this.gone) = (inner, gone);
        places = new int[inner.Count + gone.Count];
        var next = 0;
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = gone.ContainsKey(i) ? -1 : next++;
        }
    }

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public int Count => places.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames => inner.ClassNames;

    /// <inheritdoc/>
    public bool HasLabels => inner.HasLabels;

    /// <inheritdoc/>
    public bool HasMasks => inner.HasMasks;

    /// <inheritdoc/>
    public bool HasOtherObjects => inner.HasOtherObjects;

    /// <summary>The data set itself, or with the places of those pictures that were left out and are no longer in it.</summary>
    /// <param name="dataset">As it is now.</param>
    /// <param name="leftOut">Names by number, as it was.</param>
    public static IImageDataset In(IImageDataset dataset, IReadOnlyDictionary<int, string> leftOut)
    {
        if (leftOut.Count == 0)
        {
            return dataset;
        }

        var there = Enumerable.Range(0, dataset.Count).Select(dataset.Id).ToHashSet(StringComparer.Ordinal);
        var missing = leftOut.Where(entry => !there.Contains(entry.Value)).ToDictionary();
        return missing.Count == 0 || missing.Keys.Max() >= dataset.Count + missing.Count
            ? dataset
            : new PicturesThatAreGone(dataset, missing);
    }

    /// <inheritdoc/>
    public string Id(int index)
        => places[IndexCheck.Within(index, Count)] is >= 0 and var place ? inner.Id(place) : gone[index];

    /// <inheritdoc/>
    public DatasetImage Read(int index)
        => places[IndexCheck.Within(index, Count)] is >= 0 and var place
            ? inner.Read(place)
            : throw new BadInputException($"{Printable.Name(gone[index])} is no longer there");
}
