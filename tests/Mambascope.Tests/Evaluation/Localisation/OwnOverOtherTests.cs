using Mambascope.Attribution;
using Mambascope.Evaluation.Localisation;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Tests.Evaluation.Perturbation;
using Xunit;

namespace Mambascope.Tests.Evaluation.Localisation;

/// <summary>The chance that the explained object has the higher value, counted pair by pair.</summary>
public sealed class OwnOverOtherTests
{
    private static readonly ObjectMask own = new([1, 1, 0, 0, 0, 0], 1, 6);
    private static readonly ObjectMask other = new([0, 0, 0, 1, 1, 1], 1, 6);

    [Theory]
    [InlineData(new float[] { 5, 4, 9, 1, 2, 3 }, 1)]
    [InlineData(new float[] { 1, 2, 9, 3, 4, 5 }, 0)]
    [InlineData(new float[] { 3, 1, 9, 3, 2, 0 }, (0.5 + 1 + 1 + 0 + 0 + 1) / 6)]
    [InlineData(new float[] { 2, 2, 9, 2, 2, 2 }, 0.5)]
    public void Every_pair_counts_and_equal_ones_half(float[] values, double expected)
        => Assert.Equal(expected, OwnOverOther.Measure(Pictures.Map(1, 6, values), own, other), 1e-12);

    [Fact]
    public void A_map_that_says_nothing_is_even()
    {
        var map = RelevanceMap<float>.Of([1, 1, 1, 1, 1, 1], 1, 6);
        Assert.NotNull(map.Degenerate);
        Assert.Equal(0.5, OwnOverOther.Measure(map, own, other));
    }
}
