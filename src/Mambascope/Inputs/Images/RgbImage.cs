namespace Mambascope.Inputs.Images;

/// <summary>
/// A picture as 8-bit red, green, blue, interleaved row by row (height, width, 3), without alpha and without a colour profile:
/// what <c>PIL.Image.convert("RGB")</c> holds, and what every preprocessing starts from.
/// </summary>
public sealed class RgbImage
{
    /// <summary>
    /// The longest side accepted. It is JPEG's own limit; beyond it resampling weights and intermediates would outgrow memory.
    /// </summary>
    public const int MaxSide = 65_535;

    /// <summary>The most pixels accepted: the count from which PIL refuses a picture as a decompression bomb.</summary>
    public const int MaxPixels = 178_956_970;

    /// <summary>Wraps <paramref name="pixels"/> (height · width · 3 bytes, not copied).</summary>
    /// <exception cref="BadInputException">A side or the pixel count is out of range, or the array has another length.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        CheckSize(width, height, "image");
        if (pixels.Length != width * height * 3)
        {
            throw new BadInputException($"image {width}x{height}: expected {width * height * 3} bytes of RGB, found {pixels.Length}");
        }

        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>A black picture.</summary>
    public RgbImage(int width, int height) : this(width, height, Allocate(width, height)) { }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>(height, width, 3) bytes.</summary>
    public byte[] Pixels { get; }

    /// <summary>How the file that it was read from stores it, if it was turned upright on reading; else the default, upright.</summary>
    public ImageOrientation Orientation { get; init; }

    /// <summary>The 3 · width bytes of row <paramref name="y"/>.</summary>
    public Span<byte> Row(int y) => Pixels.AsSpan(y * Width * 3, Width * 3);

    /// <summary>
    /// The luma of every pixel, written to all three channels. Same integers as PIL's mode "L":
    /// <c>(19595 R + 38470 G + 7471 B + 32768) >> 16</c>.
    /// </summary>
    public RgbImage ToGray()
    {
        var gray = new byte[Pixels.Length];
        for (var i = 0; i < gray.Length; i += 3)
        {
            var luma = (byte)(((Pixels[i] * 19595) + (Pixels[i + 1] * 38470) + (Pixels[i + 2] * 7471) + 0x8000) >> 16);
            gray[i] = luma;
            gray[i + 1] = luma;
            gray[i + 2] = luma;
        }

        return new RgbImage(Width, Height, gray) { Orientation = Orientation };
    }

    /// <summary>Refuses sizes that no picture here may have, before anything is allocated for them.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="what">Begins the message, for instance the file's name.</param>
    /// <exception cref="BadInputException">
    /// A side is below 1 or above <see cref="MaxSide"/>, or there are more than <see cref="MaxPixels"/> pixels.
    /// </exception>
    public static void CheckSize(long width, long height, string what)
    {
        if (width < 1 || height < 1 || width > MaxSide || height > MaxSide || width * height > MaxPixels)
        {
            throw new BadInputException(
                $"{what}: expected sides from 1 to {MaxSide} and at most {MaxPixels} pixels, found {width}x{height}; scale it down first");
        }
    }

    private static byte[] Allocate(int width, int height)
    {
        CheckSize(width, height, "image");
        return new byte[width * height * 3];
    }
}
