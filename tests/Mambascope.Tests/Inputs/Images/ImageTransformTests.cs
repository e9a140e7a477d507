using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Inputs.Images;

/// <summary>
/// The way from a model's input back to the picture, against what the resize itself does to a picture that holds its own coordinates.
/// </summary>
public sealed class ImageTransformTests
{
    public static TheoryData<int, int, string> Cases => new()
    {
        { 200, 120, "resize256-crop224" },
        { 120, 200, "resize256-crop224" },
        { 201, 133, "resize224-crop224" },
        { 90, 90, "resize224-crop224" },
        { 40, 30, "resize256-crop224" }, // enlarged
        { 150, 70, "squash" },
        { 30, 31, "squash" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_pixel_lies_where_the_resize_took_it_from(int width, int height, string name)
    {
        // Red is the column, green the row: what the input shows there says where it comes from.
        var image = new RgbImage(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                (image.Row(y)[x * 3], image.Row(y)[(x * 3) + 1]) = ((byte)x, (byte)y);
            }
        }

        var input = Preprocessing.FromName(name, 56).Apply(image);
        Assert.Equal((width, height), (input.Transform.OriginalWidth, input.Transform.OriginalHeight));

        // Near the picture's edge the filter has only one side to look at.
        var margin = 2 + (2 * Math.Max(width, height) / 56);
        var count = 0;
        for (var y = 0; y < input.Height; y++)
        {
            for (var x = 0; x < input.Width; x++)
            {
                var (fromX, fromY) = input.Transform.ToOriginal(x + 0.5, y + 0.5);
                if (fromX < margin || fromY < margin || fromX > width - margin || fromY > height - margin)
                {
                    continue;
                }

                Assert.True(
                    Math.Abs(fromX - 0.5 - input.Image.Row(y)[x * 3]) <= 0.55,
                    $"column {x}: {fromX - 0.5} expected, {input.Image.Row(y)[x * 3]} shown");
                Assert.True(
                    Math.Abs(fromY - 0.5 - input.Image.Row(y)[(x * 3) + 1]) <= 0.55,
                    $"row {y}: {fromY - 0.5} expected, {input.Image.Row(y)[(x * 3) + 1]} shown");
                Assert.Equal((x + 0.5, y + 0.5), Rounded(input.Transform.FromOriginal(fromX, fromY)));
                count++;
            }
        }

        Assert.True(count > 100, $"only {count} pixels were compared");
    }

    [Fact]
    public void A_crop_is_where_it_says()
    {
        // 200x100 to 112x56, columns 28 to 84 kept: 50 to 150 of the original.
        var transform = Preprocessing.Resize224Crop224(56).Apply(new RgbImage(200, 100)).Transform;
        Assert.Equal(
            (112, 56, 28, 0, 56, 56),
            (transform.ResizedWidth, transform.ResizedHeight, transform.Left, transform.Top, transform.Width, transform.Height));
        Assert.Equal(new ImageRegion(50, 0, 150, 100), transform.Seen);
        Assert.False(transform.IsWhole);
        Assert.Equal(new ImageRegion(50, 25, 75, 50), transform.ToOriginal(new ImageRegion(0, 14, 14, 28)));
        Assert.True(Preprocessing.Squash(56).Apply(new RgbImage(200, 100)).Transform.IsWhole);
    }

    [Fact]
    public void A_map_comes_back_with_what_was_not_seen_marked()
    {
        var transform = Preprocessing.Resize224Crop224(56).Apply(new RgbImage(200, 100)).Transform;

        // Over the input the map is its own x coordinate at the centres of 56 cells, so over the original it is the input's x.
        float[] map = [.. Enumerable.Range(0, 56 * 56).Select(i => (i % 56) + 0.5f)];
        var found = transform.MapToOriginal(map, 56, 56);
        Assert.Equal(200 * 100, found.Length);
        for (var x = 0; x < 200; x++)
        {
            var expected = x is >= 50 and < 150 ? Math.Clamp((x + 0.5 - 50) * 0.56, 0.5, 55.5) : double.NaN;
            Assert.Equal(expected, found[(33 * 200) + x], 4);
        }

        // A patch grid: the middle of its one bright cell is the original's brightest pixel.
        var patches = new float[14 * 14];
        patches[(3 * 14) + 9] = 1;
        var bright = transform.MapToOriginal(patches, 14, 14);
        var best = Enumerable.Range(0, bright.Length).Where(i => !float.IsNaN(bright[i])).MaxBy(i => bright[i]);
        Assert.InRange(best % 200, 50 + (int)(9.4 * 100 / 14), 50 + (int)(9.6 * 100 / 14) + 1);
        Assert.InRange(best / 200, (int)(3.4 * 100 / 14), (int)(3.6 * 100 / 14) + 1);
        Assert.Equal(100 * 100, bright.Count(float.IsNaN));
    }

    [Fact]
    public void The_way_back_of_an_enlarged_map_is_that_of_upsampling()
    {
        float[] map = [.. Enumerable.Range(0, 196).Select(i => MathF.Sin(i))];
        Assert.Equal(Upsampling.Bilinear(map, 14, 14, 56, 56), ImageTransform.Identity(56, 56).MapToOriginal(map, 14, 14));
    }

    [Fact]
    public void A_mask_comes_back_with_a_third_value_where_nothing_was_seen()
    {
        var transform = Preprocessing.Resize224Crop224(56).Apply(new RgbImage(200, 100)).Transform;
        var mask = new byte[56 * 56];
        for (var y = 14; y < 28; y++)
        {
            mask.AsSpan((y * 56) + 28, 28).Fill(1);
        }

        var found = transform.LabelsToOriginal<byte>(mask, 56, 56, notSeen: 128);
        for (var y = 0; y < 100; y++)
        {
            for (var x = 0; x < 200; x++)
            {
                var expected = x is < 50 or >= 150 ? 128 : x >= 100 && y is >= 25 and < 50 ? 1 : 0;
                Assert.True(expected == found[(y * 200) + x], $"({x}, {y}): {found[(y * 200) + x]}");
            }
        }
    }

    [Fact]
    public void Padding_is_outside_the_original()
    {
        // 4x9 centred on 7x7: one column of black on the left, rows 1 to 8 kept.
        var transform = new Preprocessing { Crop = (7, 7) }.Apply(new RgbImage(4, 9)).Transform;
        Assert.Equal((-1, 1), (transform.Left, transform.Top));
        Assert.Equal(new ImageRegion(0, 1, 4, 8), transform.Seen);
        Assert.True(transform.ToOriginal(new ImageRegion(5, 0, 7, 7)).IsEmpty);
        var found = transform.LabelsToOriginal<int>([.. Enumerable.Range(0, 49)], 7, 7, -1);
        Assert.Equal([-1, -1, -1, -1, 1, 2, 3, 4, 8], found[..9]);
        Assert.Equal(8, found.Count(value => value < 0));
    }

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ImageTransform.Identity(4, 4).MapToOriginal([1, 2, 3], 2, 2));
        Assert.Throws<ArgumentException>(() => ImageTransform.Identity(4, 4).LabelsToOriginal<int>([1, 2, 3], 2, 2, 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void An_upright_picture_knows_where_its_pixels_are_stored(int exif)
    {
        var stored = PilResizeTests.Noise(5, 3, seed: 40 + exif);
        var orientation = new ImageOrientation(exif);
        var upright = orientation.Upright(stored);
        Assert.Equal(exif, orientation.Exif);
        Assert.Equal(orientation, upright.Orientation);
        for (var y = 0; y < upright.Height; y++)
        {
            for (var x = 0; x < upright.Width; x++)
            {
                var (u, v) = orientation.ToStored(x + 0.5, y + 0.5, upright.Width, upright.Height);
                Assert.Equal(stored.Row((int)v).Slice((int)u * 3, 3).ToArray(), upright.Row(y).Slice(x * 3, 3).ToArray());
            }
        }

        Assert.Equal(orientation, Preprocessing.Squash(8).Apply(upright).Transform.Orientation);
        Assert.Equal(orientation, upright.ToGray().Orientation);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(-7)]
    public void An_orientation_that_EXIF_does_not_know_is_upright(int exif)
        => Assert.True(new ImageOrientation(exif).IsUpright && default(ImageOrientation).IsUpright);

    private static (double X, double Y) Rounded((double X, double Y) point) => (Math.Round(point.X, 9), Math.Round(point.Y, 9));
}
