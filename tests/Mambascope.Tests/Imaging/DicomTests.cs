using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using SkiaSharp;
using Xunit;

namespace Mambascope.Tests.Imaging;

/// <summary>DICOM files made here, element by element; grey values worked out by PS3.3 C.11.2.1.2.</summary>
public sealed class DicomTests
{
    private const string Implicit = "1.2.840.10008.1.2";
    private const string Explicit = "1.2.840.10008.1.2.1";
    private const string Jpeg = "1.2.840.10008.1.2.4.50";
    private const string Name = "Doe^Jane";

    [Theory]
    [InlineData(Implicit)]
    [InlineData(Explicit)]
    public void Grey_values_go_through_slope_intercept_and_the_files_window(string syntax)
    {
        // CT: 0 is -1024; the window 40 / 400 runs from -160.5 + ½ to 239.5.
        ushort[] stored = [0, 863, 864, 1064, 1263, 1264, 4000, 1024];
        var found = ImageFile.Read(Header(syntax, 4, 2).Text(0x00281050, "DS", "40\\300").Text(0x00281051, "DS", "400\\1500")
            .Text(0x00281052, "DS", "-1024").Text(0x00281053, "DS", "1").Pixels(Bytes(stored)));
        Assert.Equal(("DICOM", 4, 2), (found.Format, found.Image.Width, found.Image.Height));
        Assert.Equal(stored.Select(value => Windowed(value - 1024.0, 40, 400)), found.Image.Pixels.Chunk(3).Select(pixel => (int)pixel[0]));
        Assert.Contains("window center 40, width 400 (the file's)", found.Notes);
    }

    [Fact]
    public void A_window_asked_for_goes_before_the_files()
    {
        ushort[] stored = [0, 50, 100, 150];
        var file = Header(Explicit, 2, 2).Text(0x00281050, "DS", "9").Text(0x00281051, "DS", "9").Pixels(Bytes(stored));
        var found = ImageFile.Read(file, options: new() { WindowCenter = 100, WindowWidth = 100 });
        Assert.Equal(stored.Select(value => Windowed(value, 100, 100)), found.Image.Pixels.Chunk(3).Select(pixel => (int)pixel[0]));
        Assert.Contains("window center 100, width 100 (as asked for)", found.Notes);
        Assert.Throws<BadInputException>(() => ImageFile.Read(file, options: new() { WindowWidth = 0 }));
    }

    [Fact]
    public void Without_a_window_the_least_value_is_black_and_the_greatest_white()
    {
        var found = ImageFile.Read(Grey16([500, 620, 700, 1500], 2, 2));
        Assert.Equal([0, 31, 51, 255], found.Image.Pixels.Chunk(3).Select(pixel => (int)pixel[0]));
        var inverted = ImageFile.Read(Header(Explicit, 2, 2, photometric: "MONOCHROME1").Pixels(Bytes([500, 620, 700, 1500])));
        Assert.Equal([255, 224, 204, 0], inverted.Image.Pixels.Chunk(3).Select(pixel => (int)pixel[0]));
    }

    [Fact]
    public void Signed_samples_of_12_bits_have_their_sign()
    {
        // -1 in 12 bits is 0xFFF; what lies above it is no part of the sample.
        var file = Header(Explicit, 2, 1, stored: 12, isSigned: true).Pixels(Bytes([0xAFFF, 0x0001]));
        Assert.Equal([0, 255], ImageFile.Read(file).Image.Pixels.Chunk(3).Select(pixel => (int)pixel[0]));
    }

    [Fact]
    public void Colours_are_read_pixel_by_pixel_and_plane_by_plane()
    {
        static DicomBuilder Color(ushort planar)
            => new DicomBuilder(Explicit).Number(0x00280002, 3).Text(0x00280004, "CS", "RGB").Number(0x00280006, planar)
            .Number(0x00280010, 1).Number(0x00280011, 2).Number(0x00280100, 8);
        Assert.Equal(new byte[] { 1, 2, 3, 4, 5, 6 }, ImageFile.Decode(Color(0).Pixels([1, 2, 3, 4, 5, 6])).Pixels);
        Assert.Equal(new byte[] { 1, 2, 3, 4, 5, 6 }, ImageFile.Decode(Color(1).Pixels([1, 4, 2, 5, 3, 6])).Pixels);
    }

    [Fact]
    public void Baseline_jpeg_is_read_and_its_fragments_joined()
    {
        var jpeg = ImageFileTests.Encode(ImageFileTests.Gradient(16, 8), SKEncodedImageFormat.Jpeg);
        var file = new DicomBuilder(
            Jpeg).Number(0x00280002, 3).Text(0x00280004, "CS", "YBR_FULL_422").Number(0x00280010, 8).Number(0x00280011, 16)
            .Number(0x00280100, 8).Fragments(jpeg[..100], jpeg[100..]);
        Assert.Equal(ImageFile.Decode(jpeg).Pixels, ImageFile.Decode(file).Pixels);
    }

    [Fact]
    public void Nested_elements_are_not_the_pictures_and_nothing_personal_is_kept()
    {
        var file = new DicomBuilder(
            Explicit).Text(0x00100010, "PN", Name).Sequence(0x00081140).Number(0x00280002, 1).Text(0x00280004, "CS", "MONOCHROME2")
            .Number(0x00280010, 2).Number(0x00280011, 2).Number(0x00280100, 16).Pixels(Bytes([1, 2, 3, 4]));
        var found = ImageFile.Read(file);
        Assert.Equal((2, 2), (found.Image.Width, found.Image.Height));
        Assert.DoesNotContain(found.Notes, note => note.Contains("Doe", StringComparison.Ordinal));
        Assert.Equal(-1, ImageFile.EncodePng(found.Image).AsSpan().IndexOf("Doe"u8));
        Assert.False(found.ToString().Contains("Doe", StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_read_is_named_in_one_line_without_anything_personal()
    {
        var whole = Grey16([1, 2, 3, 4], 2, 2);
        Check(whole[..^3], "bytes of an element");
        Check(Header(Explicit, 2, 2).Pixels(Bytes([1, 2, 3])), "expected 8 bytes of pixels, found 6");
        Check(new DicomBuilder("1.2.840.10008.1.2.4.90").Number(0x00280010, 2).Pixels([]), "JPEG 2000");
        Check(new DicomBuilder("1.2.840.10008.1.2.2").Number(0x00280010, 2).Pixels([]), "big-endian");
        Check(Header(Explicit, 2, 2, photometric: "PALETTE COLOR").Pixels(Bytes([1, 2, 3, 4])), "PALETTE COLOR");
        Check(Header(Explicit, 60000, 60000).Pixels([0, 0]), "60000x60000");
        Check(Header(Explicit, 2, 2).Text(0x00281053, "DS", "steep").Pixels(Bytes([1, 2, 3, 4])), "(0028,1053) is no number");
        Check(new DicomBuilder(Explicit).Text(0x00100010, "PN", Name).Number(0x00280010, 2).Pixels([]), "no pixel data");
        Check([.. whole[..132]], "no transfer syntax");

        static void Check(byte[] file, string part)
        {
            var error = Assert.Throws<BadInputException>(() => ImageFile.Read(file, "scan.dcm"));
            Assert.StartsWith("scan.dcm: ", error.Message, StringComparison.Ordinal);
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Doe", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    /// <summary>A grey picture of 16 bits without a window.</summary>
    internal static byte[] Grey16(ushort[] values, ushort width, ushort height) => Header(Explicit, width, height).Pixels(Bytes(values));

    private static DicomBuilder Header(
        string syntax,
        ushort width,
        ushort height,
        string photometric = "MONOCHROME2",
        ushort stored = 16,
        bool isSigned = false) =>
        new DicomBuilder(syntax)
            .Text(0x00100010, "PN", Name)
            .Number(0x00280002, 1)
            .Text(0x00280004, "CS", photometric)
            .Number(0x00280010, height)
            .Number(0x00280011, width)
            .Number(0x00280100, 16)
            .Number(0x00280101, stored)
            .Number(0x00280102, (ushort)(stored - 1))
            .Number(0x00280103, (ushort)(isSigned ? 1 : 0));

    private static byte[] Bytes(ushort[] values) => [.. values.SelectMany(value => new[] { (byte)value, (byte)(value >> 8) })];

    private static int Windowed(double x, double center, double width)
        => x <= center - 0.5 - ((width - 1) / 2) ? 0
            : x > center - 0.5 + ((width - 1) / 2) ? 255
            : (int)Math.Round(255 * (((x - (center - 0.5)) / (width - 1)) + 0.5));
}
