using Mambascope.Inputs.Images;
using Mambascope.Models;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// A folder of pictures without masks: either flat, then without labels (see <see cref="AnnotatedDataset"/>), or with a folder for each
/// ImageNet synset, as the validation set is laid out for torchvision: <c>val/n01440764/ILSVRC2012_val_00000293.JPEG</c>. A label is the
/// index of the synset among all thousand, also where only some of their folders are there.
/// </summary>
public sealed class PictureFolder : IImageDataset
{
    private readonly string folder;
    private readonly Func<string, RgbImage> decode;
    private readonly string[] files; // relative, with /
    private readonly int[]? labels;

    private PictureFolder(string folder, Func<string, RgbImage> decode, string[] files, int[]? labels)
        => (this.folder, this.decode, this.files, this.labels) = (folder, decode, files, labels);

    /// <inheritdoc/>
    public string Name => folder;

    /// <inheritdoc/>
    public int Count => files.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames => labels is null ? null : ImageNetClasses.Labels;

    /// <inheritdoc/>
    public bool HasLabels => labels is not null;

    /// <inheritdoc/>
    public bool HasMasks => false;

    /// <summary>Lists a folder; reads no picture.</summary>
    /// <param name="folder">With synset folders, or pictures.</param>
    /// <param name="decode">Reads a picture file.</param>
    /// <exception cref="BadInputException">
    /// There is no such folder, it holds no pictures, or a synset is not among the thousand.
    /// </exception>
    public static PictureFolder Open(string folder, Func<string, RgbImage> decode)
    {
        ArgumentNullException.ThrowIfNull(decode);
        var synsets = PictureFiles.FoldersIn(folder).Where(ImageNetClasses.IsSynset).ToArray();
        if (synsets.Length == 0)
        {
            var pictures = PictureFiles.In(folder);
            return pictures.Length > 0
                ? new(folder, decode, pictures, labels: null)
                : throw new BadInputException(
                    $"{folder}: expected pictures (.jpg, .jpeg, .png, .webp), synset folders such as n01440764, or the folders images and "
                        + "masks; found none of them");
        }

        var (files, labels) = (new List<string>(), new List<int>());
        foreach (var synset in synsets)
        {
            var label = ImageNetClasses.Find(synset)
                ?? throw new BadInputException(
                    $"{Path.Combine(folder, synset)}: expected a synset of the {ImageNetClasses.Count} ImageNet classes, found another; "
                        + "take this folder out");
            foreach (var file in PictureFiles.In(Path.Combine(folder, synset)))
            {
                files.Add($"{synset}/{file}");
                labels.Add(label);
            }
        }

        return files.Count > 0
            ? new(folder, decode, [.. files], [.. labels])
            : throw new BadInputException($"{folder}: expected pictures in its {synsets.Length} synset folders, found none");
    }

    /// <inheritdoc/>
    public string Id(int index) => files[IndexCheck.Within(index, Count)];

    /// <inheritdoc/>
    public DatasetImage Read(int index)
    {
        var id = Id(index);
        return new(id, decode(Path.Combine(folder, id)), labels?[index], Mask: null);
    }
}
