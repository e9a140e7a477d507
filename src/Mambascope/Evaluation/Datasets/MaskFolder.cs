using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Pictures with masks as files: <c>images/a.jpg</c> with <c>masks/a.png</c>, or <c>a.jpg</c> with <c>a_mask.png</c> beside it. A mask is a
/// PNG of its picture's size; whatever is not black is the object. PNG only: a lossy format leaves noise on black.
/// </summary>
internal sealed class MaskFolder : IImageDataset
{
    private const string Images = "images";
    private const string Masks = "masks";
    private const string Suffix = "_mask";
    private const string MaskEnding = ".png";

    private readonly string folder;
    private readonly Func<string, RgbImage> decode;
    private readonly (string Image, string Mask)[] pairs; // relative to the folder

    private MaskFolder(string folder, Func<string, RgbImage> decode, (string, string)[] pairs)
        => (this.folder, this.decode, this.pairs) = (folder, decode, pairs);

    /// <inheritdoc/>
    public string Name => folder;

    /// <inheritdoc/>
    public int Count => pairs.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames => null;

    /// <inheritdoc/>
    public bool HasLabels => false;

    /// <inheritdoc/>
    public bool HasMasks => true;

    /// <summary>Whether a folder is laid out as one of pictures with masks.</summary>
    /// <exception cref="BadInputException">The folder cannot be read.</exception>
    public static bool Is(string folder)
        => PictureFiles.FoldersIn(folder).Contains(Masks, StringComparer.Ordinal) || PictureFiles.In(folder).Any(IsMask);

    /// <summary>Lists a folder; reads no picture.</summary>
    /// <param name="folder">With pictures and masks.</param>
    /// <param name="decode">Reads a picture file.</param>
    /// <exception cref="BadInputException">
    /// There is no such folder or no picture in it, a picture has no mask, or two pictures share one.
    /// </exception>
    public static MaskFolder Open(string folder, Func<string, RgbImage> decode)
    {
        ArgumentNullException.ThrowIfNull(decode);
        var apart = PictureFiles.FoldersIn(folder).Contains(Masks, StringComparer.Ordinal);
        var (images, masks) = apart ? (Path.Combine(folder, Images), Path.Combine(folder, Masks)) : (folder, folder);
        var pictures = PictureFiles.In(images).Where(name => apart || !IsMask(name)).ToArray();
        if (pictures.Length == 0)
        {
            throw new BadInputException($"{images}: expected pictures ({string.Join(", ", PictureFiles.Endings)}), found none");
        }

        var present = PictureFiles.In(masks).ToHashSet(StringComparer.Ordinal);
        var found = Array.ConvertAll(pictures, name =>
            (Image: name, Mask: Path.GetFileNameWithoutExtension(name) + (apart ? "" : Suffix) + MaskEnding));
        var alone = found.Where(pair => !present.Contains(pair.Mask)).ToArray();
        if (alone.Length > 0)
        {
            throw new BadInputException(
                $"{Path.Combine(masks, alone[0].Mask)}: expected the mask of {alone[0].Image} as PNG, found no such file ({alone.Length} "
                    + $"of {found.Length} pictures have no mask)");
        }

        var shared = found.GroupBy(pair => pair.Mask, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return shared is null
            ? new(
                folder,
                decode,
                apart ? Array.ConvertAll(found, pair => (Path.Combine(Images, pair.Image), Path.Combine(Masks, pair.Mask))) : found)
            : throw new BadInputException(
                $"{Path.Combine(masks, shared.Key)}: expected one picture for each mask, found "
                    + $"{string.Join(" and ", shared.Select(pair => pair.Image))}; rename one of them");
    }

    /// <inheritdoc/>
    public string Id(int index) => Path.GetFileName(pairs[IndexCheck.Within(index, Count)].Image);

    /// <inheritdoc/>
    public DatasetImage Read(int index)
    {
        var id = Id(index);
        var (imageFile, maskFile) = (Path.Combine(folder, pairs[index].Image), Path.Combine(folder, pairs[index].Mask));
        var image = decode(imageFile);
        return new(id, image, Label: null, MaskFile.Read(maskFile, image, imageFile, decode));
    }

    private static bool IsMask(string name) => name.EndsWith(Suffix + MaskEnding, StringComparison.Ordinal);
}
