using Mambascope.Imaging;
using Xunit;

namespace Mambascope.Tests.Imaging;

public sealed class MapScaleTests
{
    [Fact]
    public void A_signed_map_has_0_in_the_middle_however_lopsided_it_is()
    {
        var scale = MapScale.Of([-0.069f, 0.01f, 0.078f, 0.225f], new() { ClipQuantile = 1 });
        Assert.Same(ColorMap.Diverging, scale.Colors);
        Assert.True(scale.IsSigned);
        Assert.Equal(-scale.Maximum, scale.Minimum);
        Assert.Equal(0.225, scale.Maximum, 6);
        Assert.Equal(0.5f, scale.Position(0));
        foreach (var value in new[] { 0.001f, 0.01f, 0.078f, 0.225f })
        {
            Assert.True(scale.Position(value) > 0.5f, $"{value} is painted as negative");
            Assert.Equal(1 - scale.Position(value), scale.Position(-value), 6);
        }
    }

    [Fact]
    public void A_map_without_negatives_starts_at_0_even_if_its_least_value_does_not()
    {
        var scale = MapScale.Of([0.5f, 0.6f, 1], new() { ClipQuantile = 1 });
        Assert.Same(ColorMap.Warm, scale.Colors);
        Assert.Equal((0, 1), (scale.Minimum, scale.Maximum));
        Assert.False(scale.IsSigned);
        Assert.Equal([(0, "0"), (1, "1")], scale.Ends());
    }

    [Fact]
    public void Ends_lie_at_the_stated_quantile_of_absolute_values_and_clipping_is_said()
    {
        // 196 values as of 14 x 14 patches: the quantile 0.97 is the 191st by size, and five lie beyond.
        float[] values = [.. Enumerable.Range(1, 196).Select(i => i % 2 == 0 ? i : -(float)i)];
        var scale = MapScale.Of(values);
        Assert.Equal((-191, 191), (scale.Minimum, scale.Maximum));
        Assert.True(scale.IsClippedAbove && scale.IsClippedBelow);
        Assert.Equal(["≤ −191", "≥ 191", "0"], scale.Ends().Select(end => end.Label));
        Assert.Equal("97 % of values within; full range −195 to 196", scale.ClipNote);
        Assert.Null(MapScale.Of(values, new() { ClipQuantile = 1 }).ClipNote);
        Assert.Equal(1, scale.Position(1e9f));
        Assert.Equal(0, scale.Position(float.NegativeInfinity));
    }

    [Fact]
    public void The_papers_scale_runs_from_the_least_to_the_greatest_value()
    {
        var scale = MapScale.Of([-1, 0, 3], new() { Colors = ColorMap.Jet, Range = MapRange.MinMax });
        Assert.Equal((-1, 3), (scale.Minimum, scale.Maximum));
        Assert.Equal(0.25f, scale.Position(0));
        Assert.False(scale.IsSigned || scale.IsClippedAbove || scale.IsClippedBelow);
        Assert.Equal([(0, "−1"), (1, "3"), (0.25, "0")], scale.Ends());
    }

    [Fact]
    public void Strength_is_in_proportion_and_0_at_0()
    {
        var scale = MapScale.Of([-2, 0, 4], new() { ClipQuantile = 1 });
        Assert.Equal([0.5f, 0, 0.25f, 1, 1, 0], new[] { -2, 0, 1, 4, 8, float.NaN }.Select(scale.Strength));
        Assert.Equal(0.25f, MapScale.Of([1, 2, 5], new() { Range = MapRange.MinMax }).Strength(2));
    }

    [Theory]
    [InlineData("constant map (0): nothing stands out", 0, 0f, 0f)]
    [InlineData("constant map (3): nothing stands out", 0, 3f, 3f)]
    [InlineData("constant map (−2): nothing stands out", 0, -2f, -2f)]
    [InlineData("no value is a finite number", 2, float.NaN, float.PositiveInfinity)]
    [InlineData("constant map (1): nothing stands out", 1, 1f, float.NaN)]
    [InlineData(null, 1, 1f, float.NaN, 2f)]
    public void Maps_that_say_nothing_have_a_reason_and_a_scale_all_the_same(string? reason, int missing, params float[] values)
    {
        foreach (var range in Enum.GetValues<MapRange>())
        {
            var scale = MapScale.Of(values, new() { Range = range });
            Assert.Equal(reason, scale.Degenerate);
            Assert.Equal(missing, scale.MissingCount);
            Assert.True(scale.Maximum > scale.Minimum
                && double.IsFinite(scale.Maximum - scale.Minimum), $"{scale.Minimum}..{scale.Maximum}");
            Assert.True(reason is null || values.All(value => scale.Strength(value) == 0));
        }
    }

    [Fact]
    public void A_map_of_zeros_but_for_a_few_spans_these()
    {
        var values = new float[196];
        values[7] = 2;
        Assert.Equal((0, 2), (MapScale.Of(values).Minimum, MapScale.Of(values).Maximum));
    }

    [Fact]
    public void Any_colours_of_a_signed_map_have_their_middle_at_0()
    {
        foreach (var colors in ColorMap.All)
        {
            Assert.Equal(0.5f, MapScale.Of([-1, 2, 3], new() { Colors = colors }).Position(0));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void A_quantile_out_of_range_is_refused(double quantile)
        => Assert.Throws<ArgumentException>(() => MapScale.Of([1, 2], new() { ClipQuantile = quantile }));
}
