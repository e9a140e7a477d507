using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Inputs.Images;

public sealed class PreprocessingTests
{
    [Theory]
    [InlineData(224, 224, 0)]
    [InlineData(225, 224, 0)] // 0.5 goes to the even 0
    [InlineData(226, 224, 1)]
    [InlineData(227, 224, 2)] // 1.5 goes to the even 2
    [InlineData(229, 224, 2)] // 2.5 goes to the even 2
    [InlineData(231, 224, 4)] // 3.5 goes to the even 4
    [InlineData(221, 224, -1)] // padding: half the lack, rounded down
    [InlineData(220, 224, -2)]
    public void Crop_offset_rounds_half_to_even(long size, int crop, long expected) =>
        Assert.Equal(expected, Preprocessing.CropOffset(size, crop));

    [Theory]
    [InlineData(451, 300, 256, 384, 256)] // 384.85 is cut
    [InlineData(300, 451, 256, 256, 384)]
    [InlineData(512, 512, 224, 224, 224)]
    [InlineData(3, 65535, 256, 256, 5592320)]
    public void Shorter_side_keeps_the_aspect_ratio_and_truncates(int width, int height, int side, long newWidth, long newHeight) =>
        Assert.Equal((newWidth, newHeight), new ResizeShorterSide(side).Target(width, height));

    [Fact]
    public void An_odd_difference_crops_where_PIL_does()
    {
        // 10x5 brought to shorter side 5 is unchanged; a 3x3 crop begins at round(3.5) = 4 and 1.
        var image = PilResizeTests.Noise(10, 5, seed: 3);
        var seen = (Preprocessing.Resize224Crop224(5) with { Crop = (3, 3) }).Apply(image).Image;
        for (var y = 0; y < 3; y++)
        {
            Assert.Equal(image.Row(y + 1).Slice(12, 9).ToArray(), seen.Row(y).ToArray());
        }
    }

    [Fact]
    public void A_picture_smaller_than_the_crop_is_centred_on_black()
    {
        var image = PilResizeTests.Noise(4, 9, seed: 4);
        var seen = new Preprocessing { Crop = (7, 7) }.Apply(image).Image;
        Assert.Equal((7, 7), (seen.Width, seen.Height));
        for (var y = 0; y < 7; y++)
        {
            Assert.All(seen.Row(y)[..3].ToArray(), b => Assert.Equal(0, b));
            Assert.Equal(image.Row(y + 1).ToArray(), seen.Row(y).Slice(3, 12).ToArray());
            Assert.All(seen.Row(y)[15..].ToArray(), b => Assert.Equal(0, b));
        }
    }

    [Fact]
    public void Pixel_values_are_planar_and_normalised_in_float32()
    {
        var image = PilResizeTests.Noise(6, 4, seed: 5);
        var result = new Preprocessing().Apply(image);
        Assert.Equal(3 * 4 * 6, result.PixelValues.Length);
        float[] mean = [0.485f, 0.456f, 0.406f];
        float[] deviation = [0.229f, 0.224f, 0.225f];
        for (var channel = 0; channel < 3; channel++)
        {
            for (var p = 0; p < 24; p++)
            {
                Assert.Equal(
                    ((image.Pixels[(p * 3) + channel] / 255f) - mean[channel]) / deviation[channel],
                    result.PixelValues[(channel * 24) + p]);
            }
        }
    }

    [Fact]
    public void One_mean_makes_the_input_grey()
    {
        var image = new RgbImage(2, 1, [255, 0, 0, 10, 200, 30]);
        var result = new Preprocessing { Mean = [0.5f], StandardDeviation = [0.5f] }.Apply(image);
        Assert.Equal(1, result.ChannelCount);
        Assert.Equal(new byte[] { 76, 76, 76, 124, 124, 124 }, result.Image.Pixels); // PIL: L of (255,0,0) is 76, of (10,200,30) 124
        Assert.Equal([((76 / 255f) - 0.5f) / 0.5f, ((124 / 255f) - 0.5f) / 0.5f], result.PixelValues);
    }

    [Fact]
    public void Channels_convert_by_averaging_and_repeating()
    {
        var grey = new Preprocessing().WithChannels(1);
        Assert.Equal(0.449f, grey.Mean[0], 6);
        Assert.Equal(0.226f, grey.StandardDeviation[0], 6);
        Assert.Equal([0.5f, 0.5f, 0.5f], (new Preprocessing { Mean = [0.5f], StandardDeviation = [0.25f] }).WithChannels(3).Mean);
        Assert.Throws<BadInputException>(() => new Preprocessing().WithChannels(4));
    }

    [Fact]
    public void Restore_undoes_the_normalisation()
    {
        var preprocessing = Preprocessing.Resize256Crop224(56);
        var result = preprocessing.Apply(PilResizeTests.Noise(80, 70, seed: 6));
        Assert.Equal(result.Image.Pixels, preprocessing.Restore(result.PixelValues, 56, 56).Pixels);
        Assert.Throws<BadInputException>(() => preprocessing.Restore(result.PixelValues, 56, 55));
    }

    [Fact]
    public void Presets_scale_with_the_image_size()
    {
        Assert.Equal(new ResizeShorterSide(256), Preprocessing.FromName("resize256-crop224").Resize);
        Assert.Equal(new ResizeShorterSide(64), Preprocessing.FromName("resize256-crop224", 56).Resize);
        Assert.Equal((56, 56), Preprocessing.FromName("resize256-crop224", 56).Crop);
        Assert.Equal(ResizeFilter.Bicubic, Preprocessing.FromName("resize256-crop224").Filter);
        Assert.Equal(ResizeFilter.Bilinear, Preprocessing.FromName("resize224-crop224").Filter);
        Assert.Equal(new ResizeExactly(56, 56), Preprocessing.FromName("squash", 56).Resize);
        var error = Assert.Throws<BadInputException>(() => Preprocessing.FromName("stretch"));
        Assert.Contains("resize224-crop224", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_very_long_picture_costs_no_more_than_its_crop()
    {
        // The whole resize would be 256 x 16,776,960 pixels.
        var seen = Preprocessing.Resize256Crop224().Apply(PilResizeTests.Noise(1, 65_535, seed: 7)).Image;
        Assert.Equal((224, 224), (seen.Width, seen.Height));
        var error = Assert.Throws<BadInputException>(() =>
            (Preprocessing.Resize256Crop224() with { Crop = null }).Apply(new RgbImage(1, 65_535)));
        Assert.Contains("256x16776960", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_and_lengths_are_checked()
    {
        Assert.Throws<BadInputException>(() => new RgbImage(0, 5));
        Assert.Throws<BadInputException>(() => new RgbImage(65_536, 1));
        Assert.Throws<BadInputException>(() => new RgbImage(60_000, 60_000));
        Assert.Throws<BadInputException>(() => new RgbImage(2, 2, new byte[11]));
        Assert.Throws<BadInputException>(() => new Preprocessing { StandardDeviation = [0f, 1f, 1f] }.Apply(new RgbImage(2, 2)));
        Assert.Throws<BadInputException>(() => new Preprocessing { Mean = [0f, 1f] }.Apply(new RgbImage(2, 2)));
    }
}
