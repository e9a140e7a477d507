using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Mambascope.Tests.Inputs.Images;
using SkiaSharp;
using Xunit;

namespace Mambascope.Tests.Imaging;

public sealed class ImageFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Png_round_trip_is_exact()
    {
        var image = PilResizeTests.Noise(37, 21, seed: 11);
        var path = Path.Combine(folder, "a.png");
        ImageFile.SavePng(image, path);
        var found = ImageFile.Decode(path);
        Assert.Equal((37, 21), (found.Width, found.Height));
        Assert.Equal(image.Pixels, found.Pixels);
        Assert.Equal("a.png", Path.GetFileName(Assert.Single(Directory.GetFiles(folder))));
    }

    [Fact]
    public void Saving_replaces_only_when_told()
    {
        var path = Path.Combine(folder, "a.png");
        ImageFile.SavePng(new RgbImage(1, 1), path);
        var error = Assert.Throws<BadInputException>(() => ImageFile.SavePng(new RgbImage(2, 2), path));
        Assert.Contains("exists already", error.Message, StringComparison.Ordinal);
        ImageFile.SavePng(new RgbImage(2, 2), path, overwrite: true);
        Assert.Equal(2, ImageFile.Decode(path).Width);
        Assert.Throws<BadInputException>(() => ImageFile.SavePng(new RgbImage(1, 1), Path.Combine(folder, "no", "b.png")));
    }

    [Fact]
    public void Alpha_is_dropped_not_blended()
    {
        var png = PngBuilder.Build(2, 1, 8, 6, [[200, 100, 50, 0, 10, 20, 30, 128]]);
        Assert.Equal(new byte[] { 200, 100, 50, 10, 20, 30 }, ImageFile.Decode(png).Pixels);
    }

    [Fact]
    public void Palette_grey_and_16_bit_pictures_become_rgb()
    {
        var palette = PngBuilder.Build(2, 1, 8, 3, [[1, 0]], ("PLTE", [1, 2, 3, 40, 50, 60]));
        Assert.Equal(new byte[] { 40, 50, 60, 1, 2, 3 }, ImageFile.Decode(palette).Pixels);

        var grey = PngBuilder.Build(2, 1, 8, 0, [[7, 250]]);
        Assert.Equal(new byte[] { 7, 7, 7, 250, 250, 250 }, ImageFile.Decode(grey).Pixels);

        var bits = PngBuilder.Build(8, 1, 1, 0, [[0b1010_0000]]);
        Assert.Equal(new byte[] { 255, 255, 255, 0, 0, 0, 255, 255, 255 }, ImageFile.Decode(bits).Pixels[..9]);

        var deep = PngBuilder.Build(1, 1, 16, 2, [[0x12, 0x12, 0x80, 0x80, 0xFF, 0xFF]]);
        Assert.Equal(new byte[] { 0x12, 0x80, 0xFF }, ImageFile.Decode(deep).Pixels);
    }

    [Fact]
    public void A_gamma_chunk_changes_nothing()
    {
        byte[][] rows = [[200, 100, 50]];
        Assert.Equal(
            ImageFile.Decode(PngBuilder.Build(1, 1, 8, 2, rows)).Pixels,
            ImageFile.Decode(PngBuilder.Build(1, 1, 8, 2, rows, ("gAMA", [0, 1, 0x86, 0xA0]))).Pixels);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg, 6)]
    [InlineData(SKEncodedImageFormat.Webp, 12)]
    public void Jpeg_and_webp_are_read(SKEncodedImageFormat format, int tolerance)
    {
        var image = Gradient(64, 48);
        var found = ImageFile.Decode(Encode(image, format));
        Assert.Equal((64, 48), (found.Width, found.Height));
        var largest = image.Pixels.Zip(found.Pixels).Max(p => Math.Abs(p.First - p.Second));
        Assert.True(largest <= tolerance, $"{format}: largest difference {largest}, allowed {tolerance}");
    }

    [Fact]
    public void Exif_orientation_is_ignored_unless_asked_for()
    {
        var jpeg = Encode(Gradient(64, 48), SKEncodedImageFormat.Jpeg);
        var turned = Turned(jpeg);
        var stored = ImageFile.Decode(turned);
        var upright = ImageFile.Decode(turned, applyOrientation: true);
        Assert.Equal(ImageFile.Decode(jpeg).Pixels, stored.Pixels);
        Assert.Equal((48, 64), (upright.Width, upright.Height));
        Assert.Equal(stored.Row(47)[..3].ToArray(), upright.Row(0)[..3].ToArray()); // bottom left goes to top left
    }

    [Theory]
    [InlineData(SKEncodedOrigin.TopLeft, "abc/def")]
    [InlineData(SKEncodedOrigin.TopRight, "cba/fed")]
    [InlineData(SKEncodedOrigin.BottomRight, "fed/cba")]
    [InlineData(SKEncodedOrigin.BottomLeft, "def/abc")]
    [InlineData(SKEncodedOrigin.LeftTop, "ad/be/cf")]
    [InlineData(SKEncodedOrigin.RightTop, "da/eb/fc")]
    [InlineData(SKEncodedOrigin.RightBottom, "fc/eb/da")]
    [InlineData(SKEncodedOrigin.LeftBottom, "cf/be/ad")]
    public void Orientations_turn_and_mirror(SKEncodedOrigin origin, string expected)
    {
        var stored = new RgbImage(3, 2, [.. "abcdef".SelectMany(c => new[] { (byte)c, (byte)c, (byte)c })]);
        var upright = new ImageOrientation((int)origin).Upright(stored);
        var rows = Enumerable
            .Range(0, upright.Height)
            .Select(y => new string([.. upright.Row(y).ToArray().Chunk(3).Select(p => (char)p[0])]));
        Assert.Equal(expected, string.Join('/', rows));
    }

    [Fact]
    public void A_photo_is_turned_upright_on_reading_and_the_orientation_is_named()
    {
        var turned = Turned(Encode(Gradient(64, 48), SKEncodedImageFormat.Jpeg));
        var (upright, stored) = (ImageFile.Read(turned), ImageFile.Read(turned, options: new() { IsTurnedUpright = false }));
        Assert.Equal((48, 64, 6), (upright.Image.Width, upright.Image.Height, upright.Image.Orientation.Exif));
        Assert.Equal((64, 48, 1), (stored.Image.Width, stored.Image.Height, stored.Image.Orientation.Exif));
        Assert.Equal((6, 6), (upright.StoredOrientation.Exif, stored.StoredOrientation.Exif));
        Assert.Equal("turned a quarter clockwise, as orientation 6 in the file asks", Assert.Single(upright.Notes));
        Assert.Empty(ImageFile.Read(Encode(Gradient(6, 4), SKEncodedImageFormat.Jpeg)).Notes);
        Assert.Contains(
            "16 bits a sample: the high byte of each was taken", ImageFile.Read(PngBuilder.Build(1, 1, 16, 0, [[0x12, 0x34]])).Notes);
    }

    [Theory]
    [InlineData(
        "version https://git-lfs.github.com/spec/v1\noid sha256:86\nsize 397519158\n",
        "a Git LFS pointer (397,519,158 bytes are elsewhere): run git lfs pull")]
    [InlineData("<!DOCTYPE html><html>Access is restricted</html>", "a web page")]
    [InlineData("\uFEFF \n<HTML lang='en'>", "a web page")]
    [InlineData("<svg xmlns='x'/>", "an SVG")]
    [InlineData("GIF89a", "a GIF")]
    [InlineData("BM    ", "a BMP")]
    [InlineData("%PDF-1.4", "a PDF")]
    [InlineData("PK\u0003\u0004", "a zip archive")]
    [InlineData("not a picture", "13 bytes that begin with 6E6F742061207069")]
    public void Other_files_are_named(string content, string part)
    {
        var error = Assert.Throws<BadInputException>(() => ImageFile.Read(System.Text.Encoding.UTF8.GetBytes(content), "x.jpg"));
        Assert.StartsWith(
            "x.jpg: expected a PNG, JPEG, WebP, TIFF or DICOM picture, found " + part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Binary_files_are_named()
    {
        Assert.Contains("an HDF5 file", Message([0x89, .. "HDF\r\n"u8, 0x1A, (byte)'\n']), StringComparison.Ordinal);
        Assert.Contains("a NumPy array", Message([0x93, .. "NUMPY\u0001\0"u8]), StringComparison.Ordinal);
        Assert.Contains("a gzip archive", Message([0x1F, 0x8B, 8]), StringComparison.Ordinal);
        Assert.Contains("a JPEG 2000 picture", Message([0, 0, 0, 12, .. "jP  "u8]), StringComparison.Ordinal);

        static string Message(byte[] bytes) => Assert.Throws<BadInputException>(() => ImageFile.Read(bytes)).Message;
    }

    [Fact]
    public void Errors_are_one_line_that_names_the_file()
    {
        var text = Path.Combine(folder, "a.txt");
        File.WriteAllText(text, "GIF89a and no picture");
        var empty = Path.Combine(folder, "empty.png");
        File.WriteAllBytes(empty, []);
        var png = File.ReadAllBytes(PreprocessingGolden.Picture("coffee", "png"));
        var cut = Path.Combine(folder, "cut.png");
        File.WriteAllBytes(cut, png[..(png.Length / 2)]);
        var huge = Path.Combine(folder, "huge.png");
        File.WriteAllBytes(huge, PngBuilder.Build(60_000, 60_000, 8, 2, [[0]]));
        var headless = Path.Combine(folder, "headless.jpg");
        File.WriteAllBytes(headless, [0xFF, 0xD8, 0xFF, 0xE0, 0, 16]);
        Check(Path.Combine(folder, "missing.png"), "no such file");
        Check(folder, "folder");
        Check(text, "found a GIF");
        Check(empty, "empty file");
        Check(cut, "ends before its last pixel");
        Check(huge, "60000x60000");
        Check(headless, "header");

        static void Check(string path, string part)
        {
            var error = Assert.Throws<BadInputException>(() => ImageFile.Decode(path));
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    /// <summary>
    /// The JPEG with an EXIF part: APP1, little-endian TIFF, one entry: tag 0x0112 (orientation), short, count 1, value 6 (a quarter turn
    /// clockwise makes it upright).
    /// </summary>
    private static byte[] Turned(byte[] jpeg)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0,
            1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    internal static RgbImage Gradient(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                (image.Row(y)[x * 3], image.Row(y)[(x * 3) + 1], image.Row(y)[(x * 3) + 2]) = ((byte)(x * 3), (byte)(y * 4), (byte)(x + y));
            }
        }

        return image;
    }

    internal static byte[] Encode(RgbImage image, SKEncodedImageFormat format)
    {
        using var bitmap = Canvas.ToBitmap(image);
        using var data = bitmap.Encode(format, 95);
        return data.ToArray();
    }
}
