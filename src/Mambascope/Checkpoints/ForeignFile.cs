using System.Globalization;
using System.Text;

namespace Mambascope.Checkpoints;

/// <summary>
/// Says what a file is that turns out not to be what was expected: people name a file that is only a pointer to the real one, a page that a
/// server sent instead, or a good file of another program.
/// </summary>
internal static class ForeignFile
{
    /// <summary>How many bytes of a file's beginning are enough.</summary>
    public const int StartLength = 512;

    private const int DicomMarkAt = 128;
    private const int TarMarkAt = 257;
    private static readonly string[] pageStarts = ["<!doctype html", "<html", "<head", "<?xml", "<body"];

    /// <summary>What a file is, to follow its name: "is a Git LFS pointer (...): git lfs pull"; null where nothing is recognised.</summary>
    /// <param name="start">Its first bytes, up to <see cref="StartLength"/>.</param>
    public static string? Describe(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("version https://git-lfs.github.com/spec/"u8))
        {
            return Pointer(Encoding.Latin1.GetString(start));
        }

        return IsPage(start)
            ? "is a web page: a server sent it in place of the file; download it again, where needed with an access token"
            : Format(start);
    }

    /// <summary>What a file is, by reading its first bytes; null where nothing is recognised.</summary>
    /// <exception cref="BadInputException">It cannot be read.</exception>
    public static string? Describe(string path)
    {
        Span<byte> start = stackalloc byte[StartLength];
        using var stream = InputFile.Open(path);
        try
        {
            return Describe(start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
        }
        catch (IOException error)
        {
            throw new BadInputException($"{path} cannot be read: {Printable.Reason(error)}", error);
        }
    }

    // "version ...\noid sha256:...\nsize 397519158\n"
    private static string Pointer(string text)
    {
        var size = text.Split('\n').FirstOrDefault(line => line.StartsWith("size ", StringComparison.Ordinal))?["size ".Length..].Trim();
        var elsewhere = long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? $"{bytes.ToString("N0", CultureInfo.InvariantCulture)} bytes"
            : "its bytes";
        return $"is a Git LFS pointer ({elsewhere} are elsewhere): git lfs pull";
    }

    private static bool IsPage(ReadOnlySpan<byte> start)
    {
        var text = Encoding.Latin1.GetString(start).TrimStart('\u00EF', '\u00BB', '\u00BF', ' ', '\t', '\r', '\n');
        return Array.Exists(pageStarts, page => text.StartsWith(page, StringComparison.OrdinalIgnoreCase));
    }

    private static string? Format(ReadOnlySpan<byte> start)
    {
        if (start.Length > DicomMarkAt && start[DicomMarkAt..].StartsWith("DICM"u8))
        {
            return "is a DICOM file";
        }

        if (start.Length > TarMarkAt && start[TarMarkAt..].StartsWith("ustar"u8))
        {
            return "is a tar archive: unpack it first";
        }

        return start switch
        {
            [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => "is an HDF5 file (Keras, MATLAB 7.3)",
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "is a GIF picture",
            [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..] => "is a TIFF picture",
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "is a PNG picture",
            [0xFF, 0xD8, 0xFF, ..] => "is a JPEG picture",
            [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "is a PDF document",
            [0x1F, 0x8B, ..] => "is compressed by gzip: unpack it first",
            [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] => "is a 7-Zip archive: unpack it first",
            [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => "is a NumPy array (.npy)",
            _ => null,
        };
    }
}
