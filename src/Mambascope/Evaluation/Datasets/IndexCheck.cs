namespace Mambascope.Evaluation.Datasets;

/// <summary>Guards the index of an item at the edge of every data set.</summary>
internal static class IndexCheck
{
    /// <summary>The index, when it is one of <paramref name="count"/> items.</summary>
    public static int Within(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        return index;
    }
}
