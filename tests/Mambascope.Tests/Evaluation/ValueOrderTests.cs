using Mambascope.Evaluation;
using Xunit;

namespace Mambascope.Tests.Evaluation;

public sealed class ValueOrderTests
{
    [Fact]
    public void Equal_values_keep_the_lower_index_first_in_both_directions()
    {
        float[] values = [1, 0, 1, -2, 0];
        Assert.Equal([0, 2, 1, 4, 3], ValueOrder.Descending(values));
        Assert.Equal([3, 1, 4, 0, 2], ValueOrder.Ascending(values));
    }

    [Fact]
    public void Both_zeros_are_equal_and_infinities_are_ordered()
    {
        float[] values = [0f, -0f, float.PositiveInfinity, float.NegativeInfinity, -0f, float.Epsilon];
        Assert.Equal([2, 5, 0, 1, 4, 3], ValueOrder.Descending(values));
        Assert.Equal([3, 0, 1, 4, 5, 2], ValueOrder.Ascending(values));
    }

    [Fact]
    public void Agrees_with_a_stable_comparison_sort()
    {
        var random = new Random(3);
        foreach (var distinct in new[] { 5, 1000, 1_000_000 })
        {
            float[] values = [.. Enumerable.Range(0, 5000).Select(_ => (random.Next(distinct) - (distinct / 2f)) * 1.7e-3f)];
            Assert.Equal(Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]), ValueOrder.Descending(values));
            Assert.Equal(Enumerable.Range(0, values.Length).OrderBy(i => values[i]), ValueOrder.Ascending(values));
        }
    }

    [Fact]
    public void Nothing_is_ordered_and_NaN_is_refused()
    {
        Assert.Empty(ValueOrder.Descending([]));
        Assert.Throws<ArgumentException>(() => ValueOrder.Ascending([1, float.NaN]));
    }
}
