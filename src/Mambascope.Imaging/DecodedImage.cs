using Mambascope.Inputs.Images;

namespace Mambascope.Imaging;

/// <summary>How a picture file is read.</summary>
public sealed record ImageFileOptions
{
    /// <summary>
    /// Whether the picture is turned upright as its EXIF or TIFF orientation says, as every viewer shows it. Off for pictures of a
    /// benchmark:
    /// the pipelines that models are measured with do not.
    /// </summary>
    public bool IsTurnedUpright { get; init; } = true;

    /// <summary>The value in the middle of a DICOM window; null takes the file's.</summary>
    public double? WindowCenter { get; init; }

    /// <summary>The values that a DICOM window spans from black to white, 1 or more; null takes the file's.</summary>
    public double? WindowWidth { get; init; }

    /// <summary>Most pixels; a picture with more is refused by its header, before anything is allocated for them.</summary>
    public long MaxPixels { get; init; } = RgbImage.MaxPixels;

    /// <summary>Refuses a picture by its header.</summary>
    /// <exception cref="BadInputException">It is larger than any picture here may be, or than <see cref="MaxPixels"/>.</exception>
    internal void CheckSize(long width, long height, string what)
    {
        RgbImage.CheckSize(width, height, what);
        if (width * height > MaxPixels)
        {
            throw new BadInputException($"{what}: expected at most {MaxPixels} pixels, found {width}x{height}; scale it down first");
        }
    }
}

/// <summary>
/// A picture read from a file, and what was done to read it. Nothing else of the file is kept: no date, place, name or patient.
/// </summary>
/// <param name="Image">The pixels; <see cref="RgbImage.Orientation"/> says whether they were turned.</param>
/// <param name="Format">PNG, JPEG, WebP, TIFF or DICOM.</param>
public sealed record DecodedImage(RgbImage Image, string Format)
{
    /// <summary>The orientation that the file names, whether or not the picture was turned accordingly.</summary>
    public ImageOrientation StoredOrientation { get; init; }

    /// <summary>What was done or left, each in a few words: turned, bits dropped, window, pages left out.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
