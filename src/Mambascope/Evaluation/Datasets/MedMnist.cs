using System.Globalization;
using Mambascope.Checkpoints;
using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// A split of a file of MedMNIST's layout (Yang et al. 2023), of whatever size and kind of picture: arrays <c>SPLIT_images</c> (n, height,
/// width) or (n, height, width, 3) and <c>SPLIT_labels</c> (n, 1) or (n), SPLIT being train, val or test. Where a picture has several
/// labels (n, k), as in ChestMNIST, none is taken.
/// </summary>
public sealed class MedMnist : IImageDataset
{
    /// <summary>What a specification begins with.</summary>
    public const string Prefix = "medmnist";

    private const string StandardSplit = "test";
    private static readonly string[] splits = ["train", "val", "test"];

    private readonly string split;
    private readonly int[] shape; // (n, height, width) or (n, height, width, 3)
    private readonly byte[] pixels;
    private readonly int[]? labels;

    private MedMnist(string name, string split, int[] shape, byte[] pixels, int[]? labels)
        => (Name, this.split, this.shape, this.pixels, this.labels) = (name, split, shape, pixels, labels);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => shape[0];

    /// <summary>Null: the file does not say what its classes are called.</summary>
    public IReadOnlyList<string>? ClassNames => null;

    /// <inheritdoc/>
    public bool HasLabels => labels is not null;

    /// <inheritdoc/>
    public bool HasMasks => false;

    /// <summary>Whether a specification means such a file.</summary>
    public static bool Is(string specification) => specification.StartsWith(Prefix + ":", StringComparison.Ordinal);

    /// <summary>Whether a file holds pictures of a split.</summary>
    /// <exception cref="BadInputException">There is no such file, or it is damaged.</exception>
    internal static bool Has(string path, string split)
    {
        using var file = NpzFile.Open(path);
        return file.Has($"{split}_images");
    }

    /// <summary>Opens <c>medmnist:FILE.npz[:SPLIT]</c>; the split is test where none is named.</summary>
    /// <exception cref="BadInputException">There is no such file or split, it is damaged or of another layout.</exception>
    public static MedMnist Open(string specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        var (path, split) = Parts(specification);
        using var file = NpzFile.Open(path);
        var (images, named) = ($"{split}_images", $"{split}_labels");
        if (!file.Has(images))
        {
            throw new BadInputException(
                $"{path} has no array {images}; expected a file of MedMNIST with SPLIT_images and SPLIT_labels, found "
                    + string.Join(", ", file.Names.Order(StringComparer.Ordinal).Take(8).Select(Printable.Name)));
        }

        var (shape, pixels) = file.ReadBytes(images);
        if (shape is not ([_, _, _] or [_, _, _, 3]) || shape[0] == 0)
        {
            throw new BadInputException(
                $"{file.Place(images)} has shape ({string.Join(", ", shape)}), expected (n, height, width) or (n, height, width, 3) with "
                    + "pictures in it");
        }

        RgbImage.CheckSize(shape[2], shape[1], file.Place(images));
        return new(specification, split, shape, pixels, file.Has(named) ? Labels(file, named, shape[0]) : null);
    }

    /// <inheritdoc/>
    public string Id(int index) => $"{split}-{IndexCheck.Within(index, Count).ToString("D6", CultureInfo.InvariantCulture)}";

    /// <summary>A picture; one of grey values has three equal channels.</summary>
    public DatasetImage Read(int index)
    {
        var (id, height, width) = (Id(index), shape[1], shape[2]);
        var channels = shape.Length == 4 ? 3 : 1;
        var from = pixels.AsSpan(index * height * width * channels, height * width * channels);
        var rgb = new byte[height * width * 3];
        for (var i = 0; i < rgb.Length; i++)
        {
            rgb[i] = from[channels == 3 ? i : i / 3];
        }

        return new(id, new(width, height, rgb), labels?[index], Mask: null);
    }

    // A Windows path has a colon of its own: the split is what stands behind the last one.
    private static (string Path, string Split) Parts(string specification)
    {
        var rest = specification[(Prefix.Length + 1)..];
        var colon = rest.LastIndexOf(':');
        if (colon < 0 || rest.EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
        {
            return (rest, StandardSplit);
        }

        var named = rest[(colon + 1)..];
        return splits.Contains(named, StringComparer.Ordinal)
            ? (rest[..colon], named)
            : throw new BadInputException(
                $"{specification}: there is no split {Printable.Name(named)}; expected {Prefix}:FILE.npz:SPLIT with SPLIT train, val or "
                    + "test");
    }

    private static int[]? Labels(NpzFile file, string name, int count)
    {
        var (shape, values) = file.ReadWhole(name);
        if (shape is [_, > 1])
        {
            return null;
        }

        if (values.Length != count || shape.Length is not (1 or 2))
        {
            throw new BadInputException($"{file.Place(name)} has {values.Length} labels, but there are {count} pictures");
        }

        var bad = Array.FindIndex(values, value => value is < 0 or > ushort.MaxValue);
        return bad < 0
            ? Array.ConvertAll(values, value => (int)value)
            : throw new BadInputException($"{file.Place(name)} holds {values[bad]} at position {bad}, expected the index of a class");
    }
}
