using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// A folder of pictures with two objects each: <c>a.png</c> with two masks beside it that are called after their classes,
/// <c>a.bag.mask.png</c> and <c>a.ankle-boot.mask.png</c>. The first by name is the explained one.
/// </summary>
internal sealed class TwoObjectFolder : IImageDataset
{
    private const string Ending = ".mask.png";

    private readonly string folder;
    private readonly Func<string, RgbImage> decode;
    private readonly (string Image, (string File, int Label) First, (string File, int Label) Other)[] pictures;

    private TwoObjectFolder(
        string folder, Func<string, RgbImage> decode, IReadOnlyList<string>? classes,
        (string, (string, int), (string, int))[] pictures)
        => (this.folder, this.decode, ClassNames, this.pictures) = (folder, decode, classes, pictures);

    /// <inheritdoc/>
    public string Name => folder;

    /// <inheritdoc/>
    public int Count => pictures.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <inheritdoc/>
    public bool HasLabels => true;

    /// <inheritdoc/>
    public bool HasMasks => true;

    /// <inheritdoc/>
    public bool HasOtherObjects => true;

    /// <summary>Whether a folder is laid out so: every picture in it has two masks of its own.</summary>
    /// <exception cref="BadInputException">The folder cannot be read.</exception>
    public static bool Is(string folder)
    {
        var names = PictureFiles.In(folder);
        var found = names.Where(name => !MaskFile.Is(name)).ToArray();
        return found.Length > 0 && found.All(name => MasksOf(name, names).Length == 2);
    }

    /// <summary>Lists a folder; reads no picture.</summary>
    /// <param name="folder">With pictures and masks.</param>
    /// <param name="decode">Reads a picture file.</param>
    /// <param name="classes">Names of the model's classes, in their order.</param>
    /// <exception cref="BadInputException">A mask is called after no class.</exception>
    public static TwoObjectFolder Open(string folder, Func<string, RgbImage> decode, IReadOnlyList<string>? classes)
    {
        ArgumentNullException.ThrowIfNull(decode);
        var names = PictureFiles.In(folder);
        return new(folder, decode, classes, [
            .. names.Where(name => !MaskFile.Is(name)).Select(name =>
            {
                var masks = MasksOf(name, names);
                return (name, (masks[0], Label(name, masks[0])), (masks[1], Label(name, masks[1])));
            }),
        ]);

        int Label(string picture, string mask)
        {
            var word = mask[(Path.GetFileNameWithoutExtension(picture).Length + 1)..^Ending.Length];
            return Datasets.ClassNames.Find(word, classes)
                ?? throw new BadInputException(
                    $"{Path.Combine(folder, mask)}: no class is called {Printable.Name(word)}; "
                        + Datasets.ClassNames.Nearest(word, classes));
        }
    }

    /// <inheritdoc/>
    public string Id(int index) => pictures[IndexCheck.Within(index, Count)].Image;

    /// <inheritdoc/>
    public DatasetImage Read(int index)
    {
        var (name, first, other) = pictures[IndexCheck.Within(index, Count)];
        var path = Path.Combine(folder, name);
        var image = decode(path);
        return new(name, image, first.Label, Mask(first.File))
        {
            OtherLabel = other.Label,
            OtherMask = Mask(other.File),
        };

        byte[] Mask(string file) => MaskFile.Read(Path.Combine(folder, file), image, path, decode);
    }

    private static string[] MasksOf(string picture, string[] names)
    {
        var start = Path.GetFileNameWithoutExtension(picture) + ".";
        return Array.FindAll(names, name => name.StartsWith(start, StringComparison.Ordinal)
            && name.EndsWith(Ending, StringComparison.Ordinal) && name.Length > start.Length + Ending.Length);
    }
}
