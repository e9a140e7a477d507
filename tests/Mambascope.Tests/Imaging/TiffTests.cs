using System.Text.Json;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Imaging;

/// <summary>TIFF files written and read by Pillow.</summary>
public sealed class TiffTests
{
    private static readonly string folder = Path.Combine(AppContext.BaseDirectory, "Golden", "tiff");

    internal static string File(string name) => Path.Combine(folder, name + ".tif");

    [Fact]
    public void Pixels_are_those_that_Pillow_reads()
    {
        using var json = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        var count = 0;
        foreach (var file in json.RootElement.GetProperty("files").EnumerateObject())
        {
            var found = ImageFile.Read(File(file.Name));
            Assert.Equal("TIFF", found.Format);
            Assert.Equal(
                (file.Value.GetProperty("width").GetInt32(), file.Value.GetProperty("height").GetInt32()),
                (found.Image.Width, found.Image.Height));
            Assert.Equal(file.Value.GetProperty("rgb").EnumerateArray().Select(value => value.GetByte()), found.Image.Pixels);
            count++;
        }

        Assert.Equal(10, count);
    }

    [Fact]
    public void Of_16_bits_the_high_byte_is_taken_and_said()
    {
        // 0, 8000, ... 56000: Pillow gives 0 and 255s.
        var found = ImageFile.Read(File("grey16"));
        Assert.Equal([0, 31, 62, 93, 125, 156, 187, 218], found.Image.Pixels.Chunk(3).Select(pixel => (int)pixel[0]));
        Assert.Contains("16 bits a sample: the high byte of each was taken", found.Notes);
    }

    [Fact]
    public void Its_orientation_is_honoured_and_named()
    {
        var stored = ImageFile.Read(File("orient6"), new() { IsTurnedUpright = false });
        var upright = ImageFile.Read(File("orient6"));
        Assert.Equal(ImageFile.Decode(File("rgb")).Pixels, stored.Image.Pixels);
        Assert.Equal((6, 6, 1), (stored.StoredOrientation.Exif, upright.Image.Orientation.Exif, stored.Image.Orientation.Exif));
        Assert.Equal((2, 4), (upright.Image.Width, upright.Image.Height));
        Assert.Equal(new ImageOrientation(6).Upright(stored.Image).Pixels, upright.Image.Pixels);
        Assert.StartsWith("turned a quarter clockwise", upright.Notes[0], StringComparison.Ordinal);
        Assert.StartsWith("not turned", stored.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Further_pages_are_named() => Assert.Contains("the first of several pages", ImageFile.Read(File("two")).Notes);

    [Theory]
    [InlineData("float", "floating point samples of 32 bits")]
    [InlineData("alpha", "transparent")]
    public void What_cannot_be_read_is_named(string name, string part)
    {
        var error = Assert.Throws<BadInputException>(() => ImageFile.Read(File(name)));
        Assert.StartsWith(File(name), error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_huge_size_is_refused_before_memory_is_taken()
    {
        // The entries for width (tag 256) and length (257) of a small file: type, count, then the value.
        var bytes = System.IO.File.ReadAllBytes(File("rgb"));
        foreach (var tag in new byte[] { 0, 1 })
        {
            var entry = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[tag, 1, 4, 0, 1, 0, 0, 0]);
            (bytes[entry + 8], bytes[entry + 9]) = (0x60, 0xEA);
        }

        Assert.Contains("60000x60000", Assert.Throws<BadInputException>(() => ImageFile.Read(bytes)).Message, StringComparison.Ordinal);
    }
}
