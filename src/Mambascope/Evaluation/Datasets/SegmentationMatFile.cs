using Mambascope.Checkpoints;
using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// ImageNet-Segmentation (Guillaumin, Küttel, Ferrari 2014): 4,276 pictures with masks in <c>gtsegs_ijcv.mat</c>, MATLAB 7.3, which is
/// HDF5.
/// <para>
/// <c>/value/img</c> (n, 1) refers to the pictures, uint8 stored as (3, width, height). <c>/value/gt</c> (n, 1) refers to cells, whose only
/// element refers to the mask, uint8 stored as (width, height) with the values 0 and 1. Both are turned to rows here.
/// </para>
/// The file is opened anew for each item, which costs far less than decoding it, so reads need no lock.
/// </summary>
internal sealed class SegmentationMatFile : IImageDataset
{
    private const string Images = "/value/img";
    private const string Masks = "/value/gt";

    private readonly string path;

    private SegmentationMatFile(string path, int count)
    {
        this.path = path;
        Count = count;
    }

    /// <inheritdoc/>
    public string Name => path;

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames => null;

    /// <inheritdoc/>
    public bool HasLabels => false;

    /// <inheritdoc/>
    public bool HasMasks => true;

    /// <summary>Opens the file and reads how many pictures it has.</summary>
    /// <exception cref="BadInputException">Missing, damaged, of an older MATLAB format, or laid out in another way.</exception>
    public static SegmentationMatFile Open(string path)
    {
        RefuseOlderFormats(path);
        return new(path, HdfFile.With(path, file =>
        {
            var missing = !file.Has(Images) ? Images : !file.Has(Masks) ? Masks : null;
            if (missing is not null)
            {
                throw new BadInputException($"{path}: expected {Images} and {Masks} (gtsegs_ijcv.mat of ImageNet-Segmentation), found no "
                    + $"{missing}");
            }

            var (images, masks) = (file.References(Images).Length, file.References(Masks).Length);
            return images == masks
                ? images
                : throw new BadInputException(
                    $"{path}: expected as many masks in {Masks} as pictures in {Images}, found {masks} and {images}");
        }));
    }

    /// <inheritdoc/>
    public string Id(int index) => $"{IndexCheck.Within(index, Count)}";

    /// <inheritdoc/>
    public DatasetImage Read(int index)
    {
        var id = Id(index);
        var (image, mask) = HdfFile.With(path, file =>
        {
            var (images, masks) = (file.References(Images), file.References(Masks));
            return index < images.Length && index < masks.Length
                ? (
                    ReadImage(file.Bytes(images[index], $"picture {index}"), index),
                    ReadMask(file.Bytes(file.References(masks[index], $"mask {index}")[0], $"mask {index}"), index))
                : throw new BadInputException($"{path}: expected {Count} pictures as when it was opened, found {images.Length}");
        });
        return mask.Width == image.Width && mask.Height == image.Height
            ? new(id, image, Label: null, mask.Values)
            : throw new BadInputException(
                $"{path}: mask {index}: expected {image.Width}x{image.Height}, the size of the picture, found {mask.Width}x{mask.Height}");
    }

    private RgbImage ReadImage((int[] Shape, byte[] Values) stored, int index)
    {
        if (stored.Shape is not [3, var width, var height])
        {
            throw new BadInputException(
                $"{path}: picture {index}: expected shape (3, width, height), found ({string.Join(", ", stored.Shape)})");
        }

        var image = new RgbImage(width, height);
        for (var y = 0; y < height; y++)
        {
            var row = image.Row(y);
            for (var k = 0; k < row.Length; k++)
            {
                var (x, channel) = (k / 3, k % 3);
                row[k] = stored.Values[(((channel * width) + x) * height) + y];
            }
        }

        return image;
    }

    private (int Width, int Height, byte[] Values) ReadMask((int[] Shape, byte[] Values) stored, int index)
    {
        if (stored.Shape is not [var width, var height])
        {
            throw new BadInputException($"{path}: mask {index}: expected shape (width, height), found ({string.Join(", ", stored.Shape)})");
        }

        if (stored.Values.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var wrong)
        {
            throw new BadInputException($"{path}: mask {index}: expected the values 0 and 1, found {stored.Values[wrong]}");
        }

        var values = new byte[width * height];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = stored.Values[(i % width * height) + (i / width)];
        }

        return (width, height, values);
    }

    private static void RefuseOlderFormats(string path)
    {
        Span<byte> start = stackalloc byte[10];
        using var stream = InputFile.Open(path);
        var length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (start[..length].SequenceEqual("MATLAB 5.0"u8))
        {
            throw new BadInputException($"{path}: expected MATLAB 7.3 (HDF5), found the older MATLAB 5 format; save it again with '-v7.3'");
        }
    }
}
