using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Inputs.Images;

/// <summary>Upsampling and min-max, against values worked out by hand.</summary>
public sealed class MapToImageTests
{
    [Fact]
    public void Two_cells_to_four_pixels() =>
        Assert.Equal([0f, 0.25f, 0.75f, 1f], Upsampling.Bilinear([0, 1], 1, 2, 1, 4));

    [Fact]
    public void Two_by_two_to_four_by_four() =>
        Assert.Equal(
            [
                0f, 1f, 3f, 4f,
                2f, 3f, 5f, 6f,
                6f, 7f, 9f, 10f,
                8f, 9f, 11f, 12f,
            ],
            Upsampling.Bilinear([0, 4, 8, 12], 2, 2, 4, 4));

    [Fact]
    public void Three_cells_to_five_pixels()
    {
        // Source coordinates (t + 1/2) 3/5 - 1/2 = -0.2 (clamped to 0), 0.4, 1, 1.6, 2.2 (clamped to 2).
        var found = Upsampling.Bilinear([10, 20, 40], 1, 3, 1, 5);
        float[] expected = [10, 14, 20, 32, 40];
        for (var t = 0; t < 5; t++)
        {
            Assert.Equal(expected[t], found[t], 5);
        }
    }

    [Fact]
    public void Shrinking_reads_single_coordinates() =>
        Assert.Equal([0.5f, 2.5f], Upsampling.Bilinear([0, 1, 2, 3], 1, 4, 1, 2));

    [Fact]
    public void The_same_size_is_the_same_map()
    {
        float[] map = [1, -2, 3.5f, 1e-20f, 0, 7];
        Assert.Equal(map, Upsampling.Bilinear(map, 2, 3, 2, 3));
    }

    [Fact]
    public void A_constant_stays_exactly_constant_and_is_flagged()
    {
        var large = Upsampling.Bilinear(Enumerable.Repeat(0.1f, 14 * 14).ToArray(), 14, 14, 224, 224);
        Assert.All(large, v => Assert.Equal(0.1f, v));
        var scaled = MinMax.Normalise(large);
        Assert.True(scaled.IsDegenerate);
        Assert.All(scaled.Values, v => Assert.Equal(0f, v));
    }

    [Fact]
    public void Min_max_maps_the_ends_to_0_and_1()
    {
        var scaled = MinMax.Normalise([3, -1, 1]);
        Assert.False(scaled.IsDegenerate);
        Assert.Equal([1f, 0f, 0.5f], scaled.Values);
        Assert.Equal((-1f, 3f), (scaled.Minimum, scaled.Maximum));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Values_that_are_not_finite_give_zeros_and_a_flag(float bad)
    {
        var scaled = MinMax.Normalise([1, bad, 2]);
        Assert.True(scaled.IsDegenerate);
        Assert.All(scaled.Values, v => Assert.Equal(0f, v));
    }

    [Fact]
    public void The_widest_range_does_not_overflow() =>
        Assert.Equal([0f, 1f, 0.5f], MinMax.Normalise([-float.MaxValue, float.MaxValue, 0]).Values);

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Upsampling.Bilinear([1, 2, 3], 2, 2, 4, 4));
        Assert.Throws<ArgumentException>(() => Upsampling.Bilinear([1], 1, 1, 0, 4));
        Assert.Throws<ArgumentException>(() => MinMax.Normalise([]));
    }
}
