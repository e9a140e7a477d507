using BitMiracle.LibTiff.Classic;
using Mambascope.Inputs.Images;

namespace Mambascope.Imaging.Formats;

/// <summary>
/// Reads the first page of a TIFF of 1 to 16 bits a sample: grey, palette, RGB. Of 16 bits the high byte is taken, as for PNG. Pages with
/// transparency are refused, because the library beneath mixes it into the colours.
/// </summary>
internal static class TiffImage
{
    private const int MostBits = 16;

    static TiffImage() => Tiff.SetErrorHandler(new Silence());

    internal static DecodedImage Decode(byte[] bytes, string name, ImageFileOptions options)
    {
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            using var tiff = Tiff.ClientOpen(name, "r", stream, new TiffStream())
                ?? throw new BadInputException($"{name}: damaged TIFF: its header or first directory cannot be read");
            return Decode(tiff, name, options);
        }
        catch (Exception error) when (error is not BadInputException)
        {
            // The library trusts offsets and counts of the file in places, so a damaged one may end in any exception.
            throw new BadInputException($"{name}: damaged TIFF: it cannot be decoded ({error.GetType().Name})", error);
        }
    }

    private static DecodedImage Decode(Tiff tiff, string name, ImageFileOptions options)
    {
        var (width, height) = (Number(tiff, TiffTag.IMAGEWIDTH, 0), Number(tiff, TiffTag.IMAGELENGTH, 0));
        options.CheckSize(width, height, name);
        var bits = Number(tiff, TiffTag.BITSPERSAMPLE, 1);
        var format = (SampleFormat)Number(tiff, TiffTag.SAMPLEFORMAT, (int)SampleFormat.UINT);
        if (bits > MostBits || format is not (SampleFormat.UINT or SampleFormat.VOID))
        {
            var kind = format == SampleFormat.IEEEFP ? "floating point" : format == SampleFormat.INT ? "signed" : "unsigned";
            throw new BadInputException(
                $"{name}: expected a TIFF of unsigned samples of 1 to {MostBits} bits, found {kind} samples of {bits} bits; scale it to 8 "
                    + "or 16 bits first");
        }

        var chunk = tiff.IsTiled() ? tiff.TileSize() : tiff.StripSize();
        if (chunk is < 1 or > ImageFile.MaxFileBytes)
        {
            throw new BadInputException($"{name}: damaged TIFF: a strip or tile of {chunk} bytes");
        }

        if (!tiff.RGBAImageOK(out var reason))
        {
            throw new BadInputException($"{name}: this kind of TIFF is not supported: {reason.ReplaceLineEndings(" ").TrimEnd('.')}");
        }

        // Asked for in its own orientation, the page comes as it is stored.
        var stored = Number(tiff, TiffTag.ORIENTATION, 1);
        var raster = new int[width * height];
        if (!tiff.ReadRGBAImageOriented(width, height, raster, (Orientation)stored, stopOnError: true))
        {
            throw new BadInputException($"{name}: damaged TIFF: its pixel data are corrupt or end too early");
        }

        var image = new RgbImage(width, height);
        for (var i = 0; i < raster.Length; i++)
        {
            if (Tiff.GetA(raster[i]) != 255)
            {
                throw new BadInputException(
                    $"{name}: the TIFF has transparent pixels, whose colours are not kept apart from it; save it without transparency "
                        + "first");
            }

            (image.Pixels[i * 3], image.Pixels[(i * 3) + 1], image.Pixels[(i * 3) + 2]) = ((byte)Tiff.GetR(
                raster[i]), (byte)Tiff.GetG(raster[i]), (byte)Tiff.GetB(raster[i]));
        }

        List<string> notes = [];
        if (bits > 8)
        {
            notes.Add($"{bits} bits a sample: the high byte of each was taken");
        }

        if (!tiff.LastDirectory())
        {
            notes.Add("the first of several pages");
        }

        return new(image, "TIFF") { StoredOrientation = new(stored), Notes = notes };
    }

    private static int Number(Tiff tiff, TiffTag tag, int otherwise)
        => tiff.GetField(tag) is { Length: > 0 } value ? value[0].ToInt() : otherwise;

    /// <summary>What goes wrong is said in one line by the caller; the library would write to the console.</summary>
    private sealed class Silence : TiffErrorHandler
    {
        public override void WarningHandler(Tiff tif, string method, string format, params object[] args) { }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args) { }

        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args) { }

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args) { }
    }
}
