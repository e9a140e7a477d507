using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Inputs.Images;

public sealed class PilResizeTests
{
    /// <summary>
    /// The vector passes against the definition written plainly: every size relation, widths that leave remainders, fewer rows than lanes.
    /// </summary>
    [Theory]
    [InlineData(37, 29, 11, 13)]
    [InlineData(37, 29, 80, 61)]
    [InlineData(64, 64, 64, 17)]
    [InlineData(64, 64, 17, 64)]
    [InlineData(5, 3, 9, 2)]
    [InlineData(1, 1, 7, 5)]
    [InlineData(300, 7, 3, 200)]
    [InlineData(2, 250, 33, 1)]
    public void Passes_equal_the_plain_definition(int width, int height, int newWidth, int newHeight)
    {
        var image = Noise(width, height, seed: width + (1000 * height));
        foreach (var filter in new[] { ResizeFilter.Bilinear, ResizeFilter.Bicubic })
        {
            var expected = Plain(Plain(image, newWidth, filter, horizontal: true), newHeight, filter, horizontal: false);
            var found = PilResize.Resize(image, newWidth, newHeight, filter);
            Assert.Equal((newWidth, newHeight), (found.Width, found.Height));
            Assert.Equal(expected.Pixels, found.Pixels);
        }
    }

    [Fact]
    public void An_unchanged_size_changes_nothing()
    {
        var image = Noise(23, 31, seed: 1);
        Assert.Equal(image.Pixels, PilResize.Resize(image, 23, 31, ResizeFilter.Bicubic).Pixels);
        Assert.NotSame(image.Pixels, PilResize.Resize(image, 23, 31, ResizeFilter.Bicubic).Pixels);
    }

    [Theory]
    [InlineData(ResizeFilter.Bilinear)]
    [InlineData(ResizeFilter.Bicubic)]
    public void A_window_has_the_bytes_of_resize_then_crop(ResizeFilter filter)
    {
        var image = Noise(90, 70, seed: 2);
        foreach (var (fullWidth, fullHeight) in new[] { (41, 33), (90, 33), (41, 70), (200, 150), (90, 70) })
        {
            var full = PilResize.Resize(image, fullWidth, fullHeight, filter);
            var window = PilResize.ResizeWindow(image, fullWidth, fullHeight, 7, 5, 20, 18, filter);
            for (var y = 0; y < 18; y++)
            {
                Assert.Equal(full.Row(y + 5).Slice(21, 60).ToArray(), window.Row(y).ToArray());
            }
        }
    }

    [Fact]
    public void A_flat_picture_stays_flat()
    {
        var image = new RgbImage(50, 40);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)(i % 3 * 100);
        }

        var found = PilResize.Resize(image, 91, 17, ResizeFilter.Bicubic);
        for (var i = 0; i < found.Pixels.Length; i++)
        {
            Assert.Equal(i % 3 * 100, found.Pixels[i]);
        }
    }

    /// <summary>Weights and sums straight from the formula, one output at a time.</summary>
    private static RgbImage Plain(RgbImage image, int size, ResizeFilter filter, bool horizontal)
    {
        var inSize = horizontal ? image.Width : image.Height;
        if (inSize == size)
        {
            return image;
        }

        var result = horizontal ? new RgbImage(size, image.Height) : new RgbImage(image.Width, size);
        var scale = (double)inSize / size;
        var stretch = Math.Max(scale, 1);
        var reach = (filter == ResizeFilter.Bilinear ? 1 : 2) * stretch;
        for (var i = 0; i < size; i++)
        {
            var center = (i + 0.5) * scale;
            var (low, high) = (Math.Max((int)(center - reach + 0.5), 0), Math.Min((int)(center + reach + 0.5), inSize));
            var real = Enumerable.Range(low, high - low).Select(j => Filter((j - center + 0.5) / stretch)).ToArray();
            var weights = real.Select(w => (int)Math.Round(w / real.Sum() * 4194304, MidpointRounding.AwayFromZero)).ToArray();
            for (var other = 0; other < (horizontal ? image.Height : image.Width); other++)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    var sum = 1 << 21;
                    for (var j = low; j < high; j++)
                    {
                        sum += weights[j - low] * (horizontal ? image.Row(other)[(j * 3) + channel] : image.Row(j)[(other * 3) + channel]);
                    }

                    var value = (byte)Math.Clamp(sum >> 22, 0, 255);
                    if (horizontal)
                    {
                        result.Row(other)[(i * 3) + channel] = value;
                    }
                    else
                    {
                        result.Row(i)[(other * 3) + channel] = value;
                    }
                }
            }
        }

        return result;

        double Filter(double x)
        {
            x = Math.Abs(x);
            if (filter == ResizeFilter.Bilinear)
            {
                return Math.Max(1 - x, 0);
            }

            return x < 1 ? (1.5 * x * x * x) - (2.5 * x * x) + 1 : x < 2 ? (-0.5 * x * x * x) + (2.5 * x * x) - (4 * x) + 2 : 0;
        }
    }

    internal static RgbImage Noise(int width, int height, int seed)
    {
        var image = new RgbImage(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }
}
