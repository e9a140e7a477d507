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
        Assert.Equal(image.Pixels, HeatMap.Overlay(image, map, 2, 2, new HeatMapOptions { ColorMap = ColorMap.Turbo, Opacity = 0 }).Pixels);
        var colors = HeatMap.Colors(MinMax.Normalise(Upsampling.Bilinear(map, 2, 2, 16, 16)).Values, 16, 16, ColorMap.Turbo);
        var papers = new HeatMapOptions { ColorMap = ColorMap.Turbo, Range = MapRange.MinMax };
        Assert.Equal(colors.Pixels, HeatMap.Overlay(image, map, 2, 2, papers with { Opacity = 1 }).Pixels);
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
    public void The_papers_overlay_is_what_it_was()
    {
        // Enlarged, brought to 0..1 by least and greatest value, coloured by jet, half over the picture.
        var image = PilResizeTests.Noise(8, 8, seed: 33);
        float[] map = [-3, 1, 0, 2];
        var colors = HeatMap.Colors(MinMax.Normalise(Upsampling.Bilinear(map, 2, 2, 8, 8)).Values, 8, 8, ColorMap.Jet).Pixels;
        var found = HeatMap.Overlay(image, map, 2, 2, new() { ColorMap = ColorMap.Jet, Range = MapRange.MinMax }).Pixels;
        Assert.Equal(image.Pixels.Zip(colors).Select(p => (byte)((p.First + p.Second + 1) >> 1)), found);
    }

    [Fact]
    public void What_does_not_matter_shows_the_picture_in_grey()
    {
        var image = new RgbImage(3, 1, [255, 0, 0, 0, 255, 0, 0, 0, 255]);
        var pixels = HeatMap.Overlay(image, [-1, 0, 1], 1, 3, new() { ClipQuantile = 1 }).Pixels.Chunk(3).ToArray();
        Assert.True(pixels[0][2] > pixels[0][0] + 100, $"against is not blue: {string.Join(',', pixels[0])}");
        Assert.True(pixels[2][0] > pixels[2][2] + 100, $"for is not red: {string.Join(',', pixels[2])}");
        var luma = (((255 * 38470) + 0x8000) >> 16);
        Assert.All(pixels[1], channel => Assert.Equal(255 - (((255 - luma) * 180) >> 8), channel));
        var colored = HeatMap.Overlay(image, [-1, 0, 1], 1, 3, new() { ClipQuantile = 1, KeepsColors = true }).Pixels.Chunk(3).ToArray();
        Assert.Equal([0, 255, 0], colored[1]);
    }

    [Fact]
    public void Opacity_is_in_proportion_to_relevance()
    {
        var white = new RgbImage(5, 1, [.. Enumerable.Repeat((byte)255, 15)]);
        var found = HeatMap.Overlay(
            white, [0, 1, 2, 3, 4], 1, 5, new() { ClipQuantile = 1, Opacity = 1 }).Pixels.Chunk(3).Select(p => (int)p[2]).ToArray();
        var end = ColorMap.Warm.At(1).Blue;
        Assert.Equal(end, found[4]);
        for (var i = 0; i < 5; i++)
        {
            Assert.InRange(found[i], 255 - ((255 - end) * i / 4) - 1, 255 - ((255 - end) * i / 4) + 1);
        }
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes_and_a_map_that_says_nothing_the_grey_picture()
    {
        var image = PilResizeTests.Noise(56, 56, seed: 32);
        var map = Enumerable.Range(0, 196).Select(i => MathF.Sin(i)).ToArray();
        Assert.Equal(HeatMap.Overlay(image, map, 14, 14).Pixels, HeatMap.Overlay(image, map, 14, 14).Pixels);
        foreach (var constant in new[] { 0f, 3, -3 })
        {
            var flat = HeatMap.Overlay(image, Enumerable.Repeat(constant, 196).ToArray(), 14, 14);
            Assert.All(flat.Pixels.Chunk(3), p => Assert.True(p[0] == p[1] && p[1] == p[2]));
            Assert.True(flat.Pixels.Distinct().Count() > 50, "the picture is gone");
        }

        var jet = HeatMap.Overlay(image, new float[196], 14, 14, new() { ColorMap = ColorMap.Jet, Opacity = 1 });
        Assert.All(jet.Pixels.Chunk(3), p => Assert.Equal(new byte[] { 0, 0, 128 }, p));
    }

    [Fact]
    public void Patches_without_a_number_are_hatched_and_change_nothing_but_their_neighbourhood()
    {
        var image = PilResizeTests.Noise(56, 56, seed: 34);
        var map = Enumerable.Range(0, 196).Select(i => MathF.Sin(i)).ToArray();
        var whole = HeatMap.Overlay(image, map, 14, 14, new() { ClipQuantile = 1 });
        map[(5 * 14) + 5] = float.NaN;
        var found = HeatMap.Overlay(image, map, 14, 14, new() { ClipQuantile = 1 });
        var hatched = 0;
        for (var y = 0; y < 56; y++)
        {
            for (var x = 0; x < 56; x++)
            {
                var isInside = x / 4 == 5 && y / 4 == 5;
                var (red, green, blue) = (found.Row(y)[x * 3], found.Row(y)[(x * 3) + 1], found.Row(y)[(x * 3) + 2]);
                hatched += isInside && (red, green, blue) is (0xD9, 0xDC, 0xE1) or (0x5B, 0x63, 0x70) ? 1 : 0;
                Assert.True(isInside || Math.Abs((x / 4) - 5) <= 1 || Math.Abs((y / 4) - 5) <= 1
                    || found.Row(y).Slice(x * 3, 3).SequenceEqual(whole.Row(y).Slice(x * 3, 3)), $"({x}, {y})");
            }
        }

        Assert.Equal(16, hatched);
    }

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => HeatMap.Overlay(new RgbImage(4, 4), [1, 2, 3], 2, 2));
        Assert.Throws<ArgumentException>(() => HeatMap.Overlay(new RgbImage(4, 4), [1], 1, 1, new HeatMapOptions { Opacity = float.NaN }));
    }
}
