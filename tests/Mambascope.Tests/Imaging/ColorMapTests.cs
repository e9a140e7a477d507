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
            Assert.True(
                Luma(ColorMap.Diverging.At(i / 255f)) >= Luma(ColorMap.Diverging.At((i - 1) / 255f)),
                $"entry {i} is darker than the one before");
            Assert.True(
                Luma(ColorMap.Diverging.At(1 - (i / 255f))) >= Luma(ColorMap.Diverging.At(1 - ((i - 1) / 255f))),
                $"entry {255 - i} is darker than the one after");
        }
    }

    [Fact]
    public void Signed_colours_stay_apart_for_colour_blind_readers()
    {
        // Machado, Oliveira and Fernandes (2009), full strength, on linear light.
        var eyes = new Dictionary<string, double[]>(StringComparer.Ordinal)
        {
            ["protanopia"] = [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
            ["deuteranopia"] = [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881],
            ["tritanopia"] = [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900],
        };
        foreach (var (eye, matrix) in eyes)
        {
            foreach (var (strength, least) in new[] { (1f, 0.25), (0.5f, 0.15), (0.25f, 0.08) })
            {
                var distance = Distance(
                    Seen(ColorMap.Diverging.At((1 + strength) / 2), matrix), Seen(ColorMap.Diverging.At((1 - strength) / 2), matrix));
                Assert.True(distance >= least, $"{eye}: for and against at {strength} are {distance:0.000} apart in Oklab");
            }
        }
    }

    [Fact]
    public void Red_means_the_same_with_and_without_a_sign()
    {
        for (var i = 0; i <= 100; i++)
        {
            // The two maps have other steps, half a step apart at most.
            var (warm, signed) = (ColorMap.Warm.At(i / 100f), ColorMap.Diverging.At(0.5f + (i / 200f)));
            Assert.True(Math.Abs(warm.Green - signed.Green) <= 3 && Math.Abs(warm.Red - signed.Red) <= 3, $"at {i} %: {warm} and {signed}");
        }
    }

    [Fact]
    public void Ink_can_be_read_on_every_colour_of_every_map()
    {
        foreach (var map in ColorMap.All)
        {
            for (var i = 0; i < 256; i++)
            {
                var background = map.At(i / 255f);
                Assert.True(Contrast.Ratio(Contrast.InkOn(background), background) >= Contrast.ForText, $"{map.Name}, colour {i}");
            }
        }

        Assert.Equal(21, Contrast.Ratio((0, 0, 0), (255, 255, 255)), 6);
        Assert.Equal(1, Contrast.Ratio((9, 9, 9), (9, 9, 9)), 6);
    }

    [Fact]
    public void Names_lead_back_to_the_maps()
    {
        foreach (var map in ColorMap.All)
        {
            Assert.Same(map, ColorMap.FromName(map.Name.ToUpperInvariant()));
        }

        Assert.Contains(
            "turbo, jet, viridis", Assert.Throws<BadInputException>(() => ColorMap.FromName("hot")).Message, StringComparison.Ordinal);
    }

    private static double[] Seen((byte Red, byte Green, byte Blue) c, double[] eye)
    {
        double[] light = [.. new[] { c.Red, c.Green, c.Blue }.Select(v => v <= 10
            ? v / 255.0 / 12.92
            : Math.Pow(((v / 255.0) + 0.055) / 1.055, 2.4))];
        double[] seen = [.. Enumerable.Range(
            0, 3).Select(row => Math.Clamp(Enumerable.Range(0, 3).Sum(column => eye[(row * 3) + column] * light[column]), 0, 1))];
        var l = Math.Cbrt((0.4122214708 * seen[0]) + (0.5363325363 * seen[1]) + (0.0514459929 * seen[2]));
        var m = Math.Cbrt((0.2119034982 * seen[0]) + (0.6806995451 * seen[1]) + (0.1073969566 * seen[2]));
        var s = Math.Cbrt((0.0883024619 * seen[0]) + (0.2817188376 * seen[1]) + (0.6299787005 * seen[2]));
        return
        [
            (0.2104542553 * l) + (0.7936177850 * m) - (0.0040720468 * s),
            (1.9779984951 * l) - (2.4285922050 * m) + (0.4505937099 * s),
            (0.0259040371 * l) + (0.7827717662 * m) - (0.8086757660 * s),
        ];
    }

    private static double Distance(double[] a, double[] b)
        => Math.Sqrt(a.Zip(b).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)));

    private static double Luma((byte Red, byte Green, byte Blue) c) => (0.299 * c.Red) + (0.587 * c.Green) + (0.114 * c.Blue);

    private static (int, int, int) Wide((byte Red, byte Green, byte Blue) c) => (c.Red, c.Green, c.Blue);
}
