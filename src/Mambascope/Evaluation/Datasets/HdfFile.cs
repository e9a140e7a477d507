using Mambascope.Checkpoints;
using Mambascope.Inputs.Images;
using PureHDF;
using PureHDF.VOL.Native;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// An HDF5 file that may be damaged or hostile: every failure is a <see cref="BadInputException"/> that names the file, sizes are checked
/// before anything of that size is allocated, and reading ends.
/// </summary>
internal sealed class HdfFile
{
    // A picture of the real file needs some thousand reads and a megabyte.
    private const long MostReads = 2_000_000;
    private const long MostBytes = 2L << 30;

    // Deflate makes at most 1032 bytes of one.
    private const long MostExpansion = 1032;

    private readonly NativeFile file;
    private readonly string path;
    private readonly long length;

    private HdfFile(NativeFile file, string path, long length) => (this.file, this.path, this.length) = (file, path, length);

    /// <summary>
    /// Opens a file for the time of an action. The reader beneath checks little of what it reads: on a damaged file it fails in any way
    /// that arithmetic and arrays can. So here, and only here, any failure is the file's.
    /// </summary>
    /// <exception cref="BadInputException">The file is missing, damaged, or what the action says of it.</exception>
    public static T With<T>(string path, Func<HdfFile, T> action)
    {
        try
        {
            using var stream = new BoundedStream(InputFile.Open(path), MostReads, MostBytes);
            using var open = H5File.Open(stream, leaveOpen: true);
            return action(new(open, path, stream.Length));
        }
        catch (Exception error) when (error is not BadInputException)
        {
            throw new BadInputException(
                $"{path}: expected HDF5 (MATLAB 7.3), found a file that is damaged, truncated or of another kind "
                    + $"({Printable.Reason(error)})",
                error);
        }
    }

    /// <summary>Whether there is anything under a name such as <c>/value/img</c>.</summary>
    public bool Has(string name) => file.LinkExists(name);

    /// <summary>The references in the array of a name, at least one.</summary>
    public NativeObjectReference1[] References(string name) => References(file.Dataset(name), name);

    /// <summary>The references in the array (MATLAB: the cell) that a reference leads to, at least one.</summary>
    public NativeObjectReference1[] References(NativeObjectReference1 cell, string what) => References(Follow(cell, what), what);

    /// <summary>The uint8 array that a reference leads to, first dimension slowest.</summary>
    public (int[] Shape, byte[] Values) Bytes(NativeObjectReference1 reference, string what)
    {
        var dataset = Follow(reference, what);
        if (dataset.Type is not { Class: H5DataTypeClass.FixedPoint, Size: 1 })
        {
            throw new BadInputException(
                $"{path}: {what}: expected an array of uint8, found {dataset.Type.Class} of {dataset.Type.Size} bytes");
        }

        var shape = Shape(dataset, what);
        return (shape, dataset.Read<byte[]>());
    }

    private IH5Dataset Follow(NativeObjectReference1 reference, string what)
        => file.Get(reference) as IH5Dataset
        ?? throw new BadInputException($"{path}: {what}: expected a reference to an array, found one to another kind of object");

    private NativeObjectReference1[] References(IH5Dataset dataset, string what)
    {
        var shape = Shape(dataset, what);
        return dataset.Type.Class == H5DataTypeClass.Reference && shape.Length > 0
            ? dataset.Read<NativeObjectReference1[]>()
            : throw new BadInputException(
                $"{path}: {what}: expected references, found {dataset.Type.Class} of shape ({string.Join(", ", shape)})");
    }

    private int[] Shape(IH5Dataset dataset, string what)
    {
        var (dimensions, size) = (dataset.Space.Dimensions, (ulong)Math.Max(1, dataset.Type.Size));
        var isPlain = dataset.Layout.Class is H5DataLayoutClass.Contiguous or H5DataLayoutClass.Compact;
        var most = (ulong)Math.Min(3L * RgbImage.MaxPixels, isPlain ? length : length * MostExpansion);
        foreach (var extent in dimensions)
        {
            if (extent is 0 or > RgbImage.MaxSide || (size *= extent) > most)
            {
                throw new BadInputException(
                    $"{path}: {what}: expected an array that is no larger than a picture and the {length} bytes of the file allow, found "
                        + $"shape ({string.Join(", ", dimensions)})");
            }
        }

        return Array.ConvertAll(dimensions, extent => (int)extent);
    }
}
