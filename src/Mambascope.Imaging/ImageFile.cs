using Mambascope.Imaging.Formats;
using Mambascope.Inputs.Images;
using SkiaSharp;

namespace Mambascope.Imaging;

/// <summary>
/// Picture files. Reads PNG, JPEG and WebP as <c>PIL.Image.open(path).convert("RGB")</c> does: alpha is dropped, not blended; a colour
/// profile is ignored. In one thing it differs: of 16-bit grey it takes the high byte, where PIL cuts off at 255 and gives white.
/// Reads TIFF and DICOM too (first page or frame; which kinds is said when one is refused). Writes PNG, without anything but pixels.
/// </summary>
public static class ImageFile
{
    /// <summary>The largest file read, in bytes: far above any picture within <see cref="RgbImage.MaxPixels"/>.</summary>
    public const int MaxFileBytes = 1 << 30;

    private const int PngBitDepth = 24; // where the header holds it
    private const int DeepBits = 16;

    /// <summary>Reads a picture file and says what was done.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Orientation and window; by default turned upright.</param>
    /// <exception cref="BadInputException">The file is missing, unreadable, of another kind, damaged or too large.</exception>
    public static DecodedImage Read(string path, ImageFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Read(ReadAll(path), path, options);
    }

    /// <summary>Whether bytes begin as a picture of a kind that is read here.</summary>
    public static bool IsPicture(ReadOnlySpan<byte> bytes)
        => FileKind.IsPng(bytes) || FileKind.IsJpeg(bytes) || FileKind.IsWebp(bytes) || FileKind.IsTiff(bytes) || FileKind.IsDicom(bytes);

    /// <summary>Reads a picture from memory and says what was done.</summary>
    /// <param name="bytes">A whole PNG, JPEG, WebP, TIFF or DICOM file.</param>
    /// <param name="name">Names the picture in errors.</param>
    /// <param name="options">Orientation and window; by default turned upright.</param>
    /// <exception cref="BadInputException">The bytes are of another kind, damaged, truncated or too large.</exception>
    public static DecodedImage Read(ReadOnlySpan<byte> bytes, string name = "image", ImageFileOptions? options = null)
    {
        options ??= new();

        // The container decides before a codec sees a byte: fewer parsers, less to attack.
        var decoded = FileKind.IsPng(bytes) || FileKind.IsJpeg(bytes) || FileKind.IsWebp(bytes) ? DecodeBySkia(bytes, name, options)
            : FileKind.IsTiff(bytes) ? TiffImage.Decode(bytes.ToArray(), name, options)
            : FileKind.IsDicom(bytes) ? DicomImage.Decode(bytes.ToArray(), name, options)
            : throw new BadInputException($"{name}: expected a PNG, JPEG, WebP, TIFF or DICOM picture, found {FileKind.Describe(bytes)}");
        if (decoded.StoredOrientation is not { IsUpright: false } stored)
        {
            return decoded;
        }

        return options.IsTurnedUpright
            ? decoded with
            {
                Image = stored.Upright(decoded.Image),
                Notes = [$"{stored.Words}, as orientation {stored.Exif} in the file asks", .. decoded.Notes],
            }
            : decoded with { Notes = [$"not {stored.Words}, though orientation {stored.Exif} in the file asks for it", .. decoded.Notes] };
    }

    /// <summary>
    /// Reads the pixels of a picture file alone, by default as they are stored: how the pipelines that models are trained and measured with
    /// do.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="applyOrientation">Turns the picture upright as its EXIF or TIFF tag says.</param>
    /// <exception cref="BadInputException">As <see cref="Read(string, ImageFileOptions?)"/>.</exception>
    public static RgbImage Decode(string path, bool applyOrientation = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Decode(ReadAll(path), path, applyOrientation);
    }

    /// <summary>Reads the pixels of a picture from memory alone, by default as they are stored.</summary>
    /// <param name="bytes">A whole PNG, JPEG, WebP, TIFF or DICOM file.</param>
    /// <param name="name">Names the picture in errors.</param>
    /// <param name="applyOrientation">As in <see cref="Decode(string, bool)"/>.</param>
    /// <exception cref="BadInputException">The bytes are of another kind, damaged, truncated or too large.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> bytes, string name = "image", bool applyOrientation = false)
        => Read(bytes, name, new() { IsTurnedUpright = applyOrientation }).Image;

    /// <summary>The picture as a PNG file in memory (8-bit RGB, no metadata).</summary>
    public static byte[] EncodePng(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var bitmap = Canvas.ToBitmap(image);
        using var pixmap = bitmap.PeekPixels();

        // Level 4 writes a sheet in a third of the default's time; the file grows by 3 %.
        using var data = pixmap.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.AllFilters, zLibLevel: 4))
            ?? throw new InvalidOperationException($"the PNG encoder refused a picture of {image.Width}x{image.Height}");
        return data.ToArray();
    }

    /// <summary>
    /// Writes the picture as a PNG file. It is written beside its place and moved there when complete, so an interruption leaves either
    /// the old file or the new one.
    /// </summary>
    /// <param name="image">The picture.</param>
    /// <param name="path">The file to write; its folder must exist.</param>
    /// <param name="overwrite">Whether an existing file is replaced.</param>
    /// <exception cref="BadInputException">The file exists and may not be replaced, or its folder cannot be written to.</exception>
    public static void SavePng(RgbImage image, string path, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!overwrite && File.Exists(path))
        {
            throw new BadInputException($"{path}: exists already; choose another name or allow overwriting");
        }

        var bytes = EncodePng(image);
        var partial = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            File.WriteAllBytes(partial, bytes);
            File.Move(partial, path, overwrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new BadInputException($"{path}: cannot be written: {OneLine(e.Message)}", e);
        }
        finally
        {
            // After a successful move there is nothing under this name; after a failure the half-written file goes.
            try
            {
                File.Delete(partial);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
            {
                // The error already on its way says more.
            }
        }
    }

    private static byte[] ReadAll(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new BadInputException($"{path}: expected a picture file, found a folder");
            }

            using var stream = File.OpenRead(path);
            if (stream.Length > MaxFileBytes)
            {
                throw new BadInputException($"{path}: expected a picture of at most {MaxFileBytes} bytes, found {stream.Length}");
            }

            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new BadInputException(
                e is FileNotFoundException or DirectoryNotFoundException
                    ? $"{path}: no such file"
                    : $"{path}: cannot be read: {OneLine(e.Message)}",
                e);
        }
    }

    private static DecodedImage DecodeBySkia(ReadOnlySpan<byte> bytes, string name, ImageFileOptions options)
    {
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data)
            ?? throw new BadInputException($"{name}: damaged picture: its header cannot be read");
        options.CheckSize(codec.Info.Width, codec.Info.Height, name);

        // No colour space in the target: samples come as they are stored.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, colorspace: null);
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(info))
        {
            throw new BadInputException($"{name}: no memory for {info.Width}x{info.Height} pixels; scale the picture down first");
        }

        var result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            throw new BadInputException($"{name}: damaged picture: {Reason(result)}");
        }

        // The library numbers orientations as EXIF does.
        var format = FileKind.IsPng(bytes) ? "PNG" : FileKind.IsJpeg(bytes) ? "JPEG" : "WebP";
        return new(DropAlpha(bitmap.GetPixelSpan(), info.Width, info.Height), format)
        {
            StoredOrientation = new((int)codec.EncodedOrigin),
            Notes = FileKind.IsPng(bytes)
                && bytes[PngBitDepth] == DeepBits
                ? [$"{DeepBits} bits a sample: the high byte of each was taken"]
                : [],
        };
    }

    private static RgbImage DropAlpha(ReadOnlySpan<byte> rgba, int width, int height)
    {
        var image = new RgbImage(width, height);
        var rgb = image.Pixels;
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
        {
            rgb[to] = rgba[from];
            rgb[to + 1] = rgba[from + 1];
            rgb[to + 2] = rgba[from + 2];
        }

        return image;
    }

    private static string Reason(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "it ends before its last pixel",
        SKCodecResult.ErrorInInput => "its pixel data are corrupt",
        SKCodecResult.InvalidInput => "its structure is invalid",
        SKCodecResult.Unimplemented => "it uses a feature that is not supported",
        _ => $"it cannot be decoded ({result})",
    };

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
