namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Fashion-MNIST: grey-scale pictures of garments, 28 x 28 pixels on black, ten classes.
/// Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747, MIT licence. The 10,000 test garments travel inside this library.
/// </summary>
public sealed class FashionMnist
{
    /// <summary>Height and width of a garment in pixels.</summary>
    public const int Side = 28;

    /// <summary>Where Debian's package <c>dataset-fashion-mnist</c> puts the files.</summary>
    public const string DebianFolder = "/usr/share/datasets/fashion-mnist";

    private static readonly Lazy<FashionMnist> EmbeddedTest = new(ReadEmbeddedTest);

    private readonly byte[] _images;
    private readonly byte[] _labels;

    private FashionMnist(IdxFile images, IdxFile labels, string imagesName, string labelsName)
    {
        if (images.Shape is not [var count, Side, Side])
        {
            throw new BadInputException(
                $"{imagesName}: expected garments of shape (n, {Side}, {Side}), found ({string.Join(", ", images.Shape)}).");
        }

        if (labels.Shape is not [var labelCount] || labelCount != count)
        {
            throw new BadInputException(
                $"{labelsName}: expected {count} labels, one for each garment, found shape ({string.Join(", ", labels.Shape)}).");
        }

        var wrong = labels.Data.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(ClassNames.Count - 1));
        if (wrong >= 0)
        {
            throw new BadInputException(
                $"{labelsName}: expected labels 0 to {ClassNames.Count - 1}, found {labels.Data[wrong]} at garment {wrong}");
        }

        _images = images.Data;
        _labels = labels.Data;
    }

    /// <summary>The ten class names, indexed by label.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <summary>The 10,000 test garments, from the library itself; decompressed at first use (7.8 MB).</summary>
    public static FashionMnist Test => EmbeddedTest.Value;

    /// <summary>Number of garments.</summary>
    public int Count => _labels.Length;

    /// <summary>
    /// The 60,000 training garments, from <c>train-images-idx3-ubyte.gz</c> and <c>train-labels-idx1-ubyte.gz</c>
    /// (with or without <c>.gz</c>) in <paramref name="folder"/>; by default where Debian's package puts them.
    /// </summary>
    /// <exception cref="BadInputException">A file is missing or is not what its name says.</exception>
    public static FashionMnist Train(string folder = DebianFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var images = Find(folder, "train-images-idx3-ubyte");
        var labels = Find(folder, "train-labels-idx1-ubyte");
        return new FashionMnist(IdxFile.Read(images), IdxFile.Read(labels), images, labels);
    }

    /// <summary>Grey values of a garment, row-major, 784 of them; 0 is background.</summary>
    public ReadOnlySpan<byte> Image(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return _images.AsSpan(index * Side * Side, Side * Side);
    }

    /// <summary>Label of a garment, an index into <see cref="ClassNames"/>.</summary>
    public int Label(int index) => _labels[index];

    private static string Find(string folder, string name)
    {
        var zipped = Path.Combine(folder, name + ".gz");
        if (File.Exists(zipped))
        {
            return zipped;
        }

        var plain = Path.Combine(folder, name);
        if (File.Exists(plain))
        {
            return plain;
        }

        throw new BadInputException(
            $"{zipped}: expected Fashion-MNIST, found no such file; install it with 'apt-get install dataset-fashion-mnist' or name the "
                + "folder that has it");
    }

    private static FashionMnist ReadEmbeddedTest()
    {
        const string images = "t10k-images-idx3-ubyte.gz";
        const string labels = "t10k-labels-idx1-ubyte.gz";
        return new FashionMnist(Embedded(images), Embedded(labels), images, labels);
    }

    private static IdxFile Embedded(string file)
    {
        using var stream = typeof(FashionMnist).Assembly.GetManifestResourceStream("Mambascope.FashionMnist." + file)
            ?? throw new InvalidOperationException($"The library was built without its resource {file}");
        return IdxFile.Read(stream, file);
    }
}
