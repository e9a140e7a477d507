using System.Buffers.Text;
using System.Text;

namespace Mambascope.Imaging.Formats;

/// <summary>Tells by its first bytes what a file is: the kinds of picture read here, and the names of others for a message.</summary>
internal static class FileKind
{
    // A DICOM file has 128 bytes for anybody's use before its own mark.
    private const int DicomMark = 128;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> JpegSignature => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> HdfSignature => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> Jpeg2000Signature => [0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' '];

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    internal static bool IsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith(PngSignature);

    internal static bool IsJpeg(ReadOnlySpan<byte> bytes) => bytes.StartsWith(JpegSignature);

    internal static bool IsWebp(ReadOnlySpan<byte> bytes)
        => bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8);

    internal static bool IsTiff(ReadOnlySpan<byte> bytes)
        => bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) || bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8);

    internal static bool IsDicom(ReadOnlySpan<byte> bytes) => bytes.Length >= DicomMark + 4 && bytes[DicomMark..].StartsWith("DICM"u8);

    /// <summary>What the file is, for people.</summary>
    internal static string Describe(ReadOnlySpan<byte> bytes) => bytes switch
    {
        { Length: 0 } => "an empty file",
        _ when IsPng(bytes) => "a PNG",
        _ when IsJpeg(bytes) => "a JPEG",
        _ when IsWebp(bytes) => "a WebP",
        _ when IsTiff(bytes) => "a TIFF",
        _ when IsDicom(bytes) => "a DICOM file",
        _ when bytes.StartsWith("GIF8"u8) => "a GIF",
        _ when bytes.StartsWith("BM"u8) => "a BMP",
        _ when bytes.StartsWith("%PDF"u8) => "a PDF",
        _ when bytes.StartsWith(HdfSignature) => "an HDF5 file",
        _ when bytes.StartsWith(Jpeg2000Signature) => "a JPEG 2000 picture",
        _ when bytes.StartsWith("PK\u0003\u0004"u8) => "a zip archive",
        _ when bytes.Length >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B => "a gzip archive",
        _ when bytes.Length >= 6 && bytes[0] == 0x93 && bytes[1..].StartsWith("NUMPY"u8) => "a NumPy array (.npy)",
        _ when bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8) => "an HEIC, AVIF or video file",
        _ when bytes.StartsWith("version https://git-lfs"u8) => Pointer(bytes),
        _ when IsMarkup(bytes, "<!doctype html"u8) || IsMarkup(bytes, "<html"u8) => "a web page",
        _ when IsMarkup(bytes, "<svg"u8) || IsMarkup(bytes, "<?xml"u8) => "an SVG or other XML file",
        _ => $"{bytes.Length} bytes that begin with {Convert.ToHexString(bytes[..Math.Min(bytes.Length, 8)])}",
    };

    // What git leaves in place of a large file that was not fetched: three lines of text, the last with its size.
    private static string Pointer(ReadOnlySpan<byte> bytes)
    {
        var head = bytes[..Math.Min(bytes.Length, 1024)];
        var at = head.IndexOf("\nsize "u8);
        var size = at >= 0
            && Utf8Parser.TryParse(head[(at + 6)..], out long count, out _)
            ? FormattableString.Invariant($" ({count:N0} bytes are elsewhere)")
            : "";
        return $"a Git LFS pointer{size}: run git lfs pull";
    }

    private static bool IsMarkup(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> start)
    {
        var text = (bytes.StartsWith(Utf8Mark) ? bytes[3..] : bytes).TrimStart(" \t\r\n"u8);
        return text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);
    }
}
