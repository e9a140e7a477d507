using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Mambascope.Tests.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Imaging;

public sealed class HeatMapTests
{
    [Fact]
    public void Mix_weighs_picture_and_colour()
    {
        var image = new RgbImage(2, 1, [100, 100, 100, 100, 100, 100]);
        var options = new HeatMapOptions { ColorMap = ColorMap.Gray, Opacity = 0.25f };
        Assert.Equal(new byte[] { 75, 75, 75, 139, 139, 139 }, HeatMap.Overlay(image, [-5, 5], 1, 2, options).Pixels);
    }

    [Fact]
    public void Opacity_0_is_the_picture_and_1_the_colours()
    {
        var image = PilResizeTests.Noise(16, 16, seed: 31);
        float[] map = [1, 2, 3, 4];
        Assert.Equal(image.Pixels, HeatMap.Overlay(image, map, 2, 2, new HeatMapOptions { Opacity = 0 }).Pixels);
        var colors = HeatMap.Colors(MinMax.Normalise(Upsampling.Bilinear(map, 2, 2, 16, 16)).Values, 16, 16, ColorMap.Turbo);
        Assert.Equal(colors.Pixels, HeatMap.Overlay(image, map, 2, 2, new HeatMapOptions { Opacity = 1 }).Pixels);
    }

    [Fact]
    public void Sum_divides_by_the_greatest_sum()
    {
        var image = new RgbImage(2, 1, [100, 100, 100, 245, 0, 0]);
        var options = new HeatMapOptions { ColorMap = ColorMap.Gray, Blend = OverlayBlend.Sum };
        Assert.Equal(new byte[] { 51, 51, 51, 255, 130, 130 }, HeatMap.Overlay(image, [0, 1], 1, 2, options).Pixels);
    }

    [Fact]
    public void The_maximum_of_the_map_is_where_the_last_colour_is()
    {
        var map = new float[14 * 14];
        map[(3 * 14) + 9] = 1;
        var overlay = HeatMap.Overlay(new RgbImage(56, 56), map, 14, 14, new HeatMapOptions { ColorMap = ColorMap.Gray, Opacity = 1 });
        var brightest = Enumerable.Range(0, 56 * 56).Where(p => overlay.Pixels[p * 3] == overlay.Pixels.Max()).ToArray();
        Assert.All(brightest, p => Assert.Equal((3, 9), (p / 56 / 4, p % 56 / 4)));
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes_and_a_constant_map_the_lowest_colour()
    {
        var image = PilResizeTests.Noise(56, 56, seed: 32);
        var map = Enumerable.Range(0, 196).Select(i => MathF.Sin(i)).ToArray();
        Assert.Equal(HeatMap.Overlay(image, map, 14, 14).Pixels, HeatMap.Overlay(image, map, 14, 14).Pixels);
        var flat = HeatMap.Overlay(image, new float[196], 14, 14, new HeatMapOptions { Opacity = 1 });
        Assert.All(flat.Pixels.Chunk(3), p => Assert.Equal(new byte[] { 0x30, 0x12, 0x3B }, p));
        var broken = HeatMap.Overlay(image, Enumerable.Repeat(float.NaN, 196).ToArray(), 14, 14, new HeatMapOptions { Opacity = 1 });
        Assert.Equal(flat.Pixels, broken.Pixels);
    }

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => HeatMap.Overlay(new RgbImage(4, 4), [1, 2, 3], 2, 2));
        Assert.Throws<ArgumentException>(() => HeatMap.Overlay(new RgbImage(4, 4), [1], 1, 1, new HeatMapOptions { Opacity = float.NaN }));
    }
}
