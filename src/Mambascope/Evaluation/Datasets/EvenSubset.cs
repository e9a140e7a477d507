namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Some items of a data set, spread evenly over it: item i is number floor(i · all / some) there. A folder sorted by class gives all
/// classes alike, where its first items would be of one.
/// </summary>
public sealed class EvenSubset : IImageDataset
{
    private readonly IImageDataset inner;

    private EvenSubset(IImageDataset inner, int count) => (this.inner, Count) = (inner, count);

    /// <inheritdoc/>
    public string Name => $"{inner.Name} ({Count} of {inner.Count}, spread evenly)";

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames => inner.ClassNames;

    /// <inheritdoc/>
    public bool HasLabels => inner.HasLabels;

    /// <inheritdoc/>
    public bool HasMasks => inner.HasMasks;

    /// <inheritdoc/>
    public bool HasOtherObjects => inner.HasOtherObjects;

    /// <summary>The data set itself where it has no more than <paramref name="count"/> items.</summary>
    /// <param name="dataset">All items.</param>
    /// <param name="count">How many to take, 1 or more.</param>
    public static IImageDataset Of(IImageDataset dataset, int count)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return count < dataset.Count ? new EvenSubset(dataset, count) : dataset;
    }

    /// <inheritdoc/>
    public string Id(int index) => inner.Id(Place(index));

    /// <inheritdoc/>
    public DatasetImage Read(int index) => inner.Read(Place(index));

    private int Place(int index) => (int)((long)IndexCheck.Within(index, Count) * inner.Count / Count);
}
