using Mambascope.Evaluation.Datasets;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>Some questions of a data set, spread evenly over it: question i is number floor(i · all / some) there.</summary>
internal sealed class EvenTexts : ITextDataset
{
    private readonly ITextDataset inner;

    private EvenTexts(ITextDataset inner, int count) => (this.inner, Count) = (inner, count);

    /// <inheritdoc/>
    public string Name => $"{inner.Name} ({Count} of {inner.Count}, spread evenly)";

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public bool HasAnswers => inner.HasAnswers;

    /// <inheritdoc/>
    public bool HasTruth => inner.HasTruth;

    /// <inheritdoc/>
    public bool HasPairs => inner.HasPairs;

    /// <inheritdoc/>
    public ExplainedClass Explained => inner.Explained;

    /// <summary>The data set itself where it has no more than <paramref name="count"/> questions.</summary>
    /// <param name="dataset">All questions.</param>
    /// <param name="count">How many to take, 1 or more.</param>
    public static ITextDataset Of(ITextDataset dataset, int count)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return count < dataset.Count ? new EvenTexts(dataset, count) : dataset;
    }

    /// <inheritdoc/>
    public TextQuestion Read(int index, TokenReader reader)
        => inner.Read((int)((long)IndexCheck.Within(index, Count) * inner.Count / Count), reader);
}
