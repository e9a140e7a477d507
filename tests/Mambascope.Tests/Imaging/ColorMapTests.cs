using Mambascope.Imaging;
using Xunit;

namespace Mambascope.Tests.Imaging;

public sealed class ColorMapTests
{
    [Fact]
    public void Known_colours()
    {
        Assert.Equal((0x30, 0x12, 0x3B), Wide(ColorMap.Turbo.At(0)));
        Assert.Equal((0x7A, 0x04, 0x03), Wide(ColorMap.Turbo.At(1)));
        Assert.Equal((0x44, 0x01, 0x54), Wide(ColorMap.Viridis.At(0)));
        Assert.Equal((0xFD, 0xE7, 0x24), Wide(ColorMap.Viridis.At(1)));
        Assert.Equal((0, 0, 128), Wide(ColorMap.Jet.At(0)));
        Assert.Equal((128, 0, 0), Wide(ColorMap.Jet.At(1)));
        Assert.Equal((130, 255, 126), Wide(ColorMap.Jet.At(128 / 255f)));
        Assert.Equal((128, 128, 128), Wide(ColorMap.Gray.At(0.5f)));
    }

    [Fact]
    public void Values_outside_are_clamped_and_NaN_is_the_lowest()
    {
        foreach (var map in ColorMap.All)
        {
            Assert.Equal(map.At(0), map.At(-3));
            Assert.Equal(map.At(1), map.At(float.PositiveInfinity));
            Assert.Equal(map.At(0), map.At(float.NaN));
        }
    }

    [Fact]
    public void The_diverging_map_is_neutral_in_the_middle_and_equally_dark_at_its_ends()
    {
        var (red, green, blue) = ColorMap.Diverging.At(0.5f);
        Assert.True(Math.Min(red, Math.Min(green, blue)) > 235, $"the middle is {red},{green},{blue}");
        var (low, high) = (Luma(ColorMap.Diverging.At(0)), Luma(ColorMap.Diverging.At(1)));
        Assert.True(Math.Abs(low - high) < 20, $"ends of luma {low} and {high}");
        for (var i = 1; i < 128; i++)
        {
            Assert.True(Luma(ColorMap.Diverging.At(i / 255f)) >= Luma(ColorMap.Diverging.At((i - 1) / 255f)), $"entry {i} is darker than the one before");
            Assert.True(Luma(ColorMap.Diverging.At(1 - (i / 255f))) >= Luma(ColorMap.Diverging.At(1 - ((i - 1) / 255f))), $"entry {255 - i} is darker than the one after");
        }
    }

    [Fact]
    public void Names_lead_back_to_the_maps()
    {
        foreach (var map in ColorMap.All)
            Assert.Same(map, ColorMap.FromName(map.Name.ToUpperInvariant()));
        Assert.Contains("turbo, jet, viridis", Assert.Throws<BadInputException>(() => ColorMap.FromName("hot")).Message, StringComparison.Ordinal);
    }

    private static double Luma((byte Red, byte Green, byte Blue) c) => (0.299 * c.Red) + (0.587 * c.Green) + (0.114 * c.Blue);

    private static (int, int, int) Wide((byte Red, byte Green, byte Blue) c) => (c.Red, c.Green, c.Blue);
}
