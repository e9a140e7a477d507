using System.Buffers.Binary;
using System.Globalization;
using Mambascope.Inputs.Images;

namespace Mambascope.Imaging.Formats;

/// <summary>
/// The first frame of a DICOM file as an 8-bit picture. Grey values go through the modality's slope and intercept and then a window, linear
/// as in PS3.3 C.11.2.1.2: the window asked for, else the file's first, else from the least to the greatest value.
/// </summary>
internal static class DicomImage
{
    private const uint SamplesPerPixel = 0x00280002;
    private const uint Photometric = 0x00280004;
    private const uint PlanarConfiguration = 0x00280006;
    private const uint FrameCount = 0x00280008;
    private const uint Rows = 0x00280010;
    private const uint Columns = 0x00280011;
    private const uint BitsAllocated = 0x00280100;
    private const uint BitsStored = 0x00280101;
    private const uint HighBit = 0x00280102;
    private const uint IsSigned = 0x00280103;
    private const uint Center = 0x00281050;
    private const uint Width = 0x00281051;
    private const uint Intercept = 0x00281052;
    private const uint Slope = 0x00281053;
    private const uint WindowFunction = 0x00281056;

    internal static DecodedImage Decode(byte[] bytes, string name, ImageFileOptions options)
    {
        var file = DicomFile.Read(bytes, name);
        var (width, height) = (file.Whole(Columns, 0), file.Whole(Rows, 0));
        options.CheckSize(width, height, name);
        List<string> notes = [];
        if (file.Decimal(FrameCount) is > 1 and var frames)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"the first of {frames:0} frames"));
        }

        var photometric = file.Text(Photometric) ?? "MONOCHROME2";
        var image = photometric switch
        {
            "MONOCHROME1" or "MONOCHROME2" => Grey(file, name, width, height, photometric == "MONOCHROME1", options, notes),
            "RGB" or "YBR_FULL_422" or "YBR_FULL" when file.TransferSyntax == DicomSyntax.JpegBaseline => Jpeg(file, name, width, height),
            "RGB" => Color(file, name, width, height),
            _ => throw new BadInputException(
                $"{name}: DICOM pixels of kind {Printable(photometric)} are not supported; expected MONOCHROME1, MONOCHROME2 or RGB"),
        };
        return new(image, "DICOM") { Notes = notes };
    }

    private static RgbImage Grey(
        DicomFile file, string name, int width, int height, bool isInverted, ImageFileOptions options, List<string> notes)
    {
        var (slope, intercept) = (file.Decimal(Slope) ?? 1, file.Decimal(Intercept) ?? 0);
        var values = Array.ConvertAll(Samples(file, name, width, height), sample => (sample * slope) + intercept);
        var (center, range, from) = Window(file, name, values, options);
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"window center {center:G6}, width {range:G6} ({from})"));
        var image = new RgbImage(width, height);
        for (var i = 0; i < values.Length; i++)
        {
            var share = range <= 1
                ? (values[i] > center - 0.5 ? 1 : 0)
                : Math.Clamp(((values[i] - (center - 0.5)) / (range - 1)) + 0.5, 0, 1);
            var grey = (byte)Math.Round(255 * (isInverted ? 1 - share : share));
            (image.Pixels[i * 3], image.Pixels[(i * 3) + 1], image.Pixels[(i * 3) + 2]) = (grey, grey, grey);
        }

        return image;
    }

    private static (double Center, double Width, string From) Window(DicomFile file, string name, double[] values, ImageFileOptions options)
    {
        if (options.WindowWidth is < 1 || options.WindowWidth is { } w && !double.IsFinite(w) || options.WindowCenter is { } c
            && !double.IsFinite(c))
        {
            throw new BadInputException(
                $"{name}: expected a window width of 1 or more and a finite center, found {options.WindowWidth} and "
                    + $"{options.WindowCenter}");
        }

        var (least, greatest) = (values.Min(), values.Max());
        var (ownCenter, ownWidth) = (file.Decimal(Center), file.Decimal(Width));
        var isLinear = file.Text(WindowFunction) is null or "LINEAR";
        var hasOwn = ownCenter is not null && ownWidth is >= 1 && isLinear;

        // One step more than the range, so that the least value is black and the greatest white.
        var (center, width) = hasOwn ? (ownCenter!.Value, ownWidth!.Value) : ((least + greatest + 1) / 2, greatest - least + 1);
        var from = options.WindowCenter is not null || options.WindowWidth is not null ? "as asked for"
            : hasOwn ? "the file's"
            : "the range of its values; the file has no linear window";
        return (options.WindowCenter ?? center, options.WindowWidth ?? width, from);
    }

    private static double[] Samples(DicomFile file, string name, int width, int height)
    {
        if (file.Whole(SamplesPerPixel, 1) != 1)
        {
            throw new BadInputException(
                $"{name}: damaged DICOM file: a grey picture with {file.Whole(SamplesPerPixel, 1)} samples a pixel");
        }

        if (file.TransferSyntax == DicomSyntax.JpegBaseline)
        {
            var jpeg = Jpeg(file, name, width, height);
            return [.. Enumerable.Range(0, width * height).Select(i => (double)jpeg.Pixels[i * 3])];
        }

        var bits = file.Whole(BitsAllocated, 0);
        var stored = file.Whole(BitsStored, bits);
        var high = file.Whole(HighBit, stored - 1);
        if (bits is not (8 or 16) || stored < 1 || stored > bits || high < stored - 1 || high >= bits)
        {
            throw new BadInputException(
                $"{name}: DICOM samples of {stored} bits in {bits} (high bit {high}) are not supported; expected 8 or 16");
        }

        var data = Data(file, name, (long)width * height * (bits / 8));
        var (shift, unused, isSigned) = (high + 1 - stored, 32 - stored, file.Whole(IsSigned, 0) == 1);
        var samples = new double[width * height];
        for (var i = 0; i < samples.Length; i++)
        {
            // To the top of 32 bits and back down: what lies above the sample falls out, and its sign spreads.
            var raw = (uint)(bits == 8 ? data[i] : BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(i * 2))) >> shift << unused;
            samples[i] = isSigned ? (int)raw >> unused : raw >> unused;
        }

        return samples;
    }

    private static RgbImage Color(DicomFile file, string name, int width, int height)
    {
        if (file.Whole(SamplesPerPixel, 3) != 3 || file.Whole(BitsAllocated, 8) != 8)
        {
            throw new BadInputException(
                $"{name}: expected DICOM colours of 3 samples with 8 bits, found {file.Whole(SamplesPerPixel, 3)} with "
                    + $"{file.Whole(BitsAllocated, 8)}");
        }

        var (plane, isPlanar) = (width * height, file.Whole(PlanarConfiguration, 0) == 1);
        var data = Data(file, name, 3L * plane);
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = isPlanar ? data[(i % 3 * plane) + (i / 3)] : data[i];
        }

        return image;
    }

    private static RgbImage Jpeg(DicomFile file, string name, int width, int height)
    {
        if (!FileKind.IsJpeg(file.PixelData))
        {
            throw new BadInputException($"{name}: damaged DICOM file: its pixel data are no JPEG");
        }

        var image = ImageFile.Decode(file.PixelData, name);
        return image.Width == width && image.Height == height
            ? image
            : throw new BadInputException(
                $"{name}: damaged DICOM file: {width}x{height} pixels announced, {image.Width}x{image.Height} in its JPEG");
    }

    private static byte[] Data(DicomFile file, string name, long needed)
        => file.PixelData.LongLength >= needed
            ? file.PixelData
            : throw new BadInputException(
                $"{name}: damaged DICOM file: expected {needed} bytes of pixels, found {file.PixelData.LongLength}");

    private static string Printable(string word)
        => string.Concat(word.Take(40).Where(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '_'));
}
