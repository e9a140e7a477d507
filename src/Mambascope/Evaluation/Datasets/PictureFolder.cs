using Mambascope.Inputs.Images;
using Mambascope.Models;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// A folder of pictures without masks: either flat, then without labels (see <see cref="AnnotatedDataset"/>), or with a folder for each
/// class. Of ImageNet's synsets, as the validation set is laid out for torchvision (<c>val/n01440764/ILSVRC2012_val_00000293.JPEG</c>), a
/// label is the index of the synset among all thousand, also where only some of their folders are there; of other classes, as torchvision
/// does, the place of the folder among all in the order of their names.
/// </summary>
public sealed class PictureFolder : IImageDataset
{
    private readonly string folder;
    private readonly Func<string, RgbImage> decode;
    private readonly string[] files; // relative, with /
    private readonly int[]? labels;

    private PictureFolder(
        string folder, Func<string, RgbImage> decode, string[] files, int[]? labels, IReadOnlyList<string>? classNames)
    {
        (this.folder, this.decode, this.files, this.labels) = (folder, decode, files, labels);
        ClassNames = classNames;
    }

    /// <inheritdoc/>
    public string Name => folder;

    /// <inheritdoc/>
    public int Count => files.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <inheritdoc/>
    public bool HasLabels => labels is not null;

    /// <inheritdoc/>
    public bool HasMasks => false;

    /// <summary>Lists a folder; reads no picture.</summary>
    /// <param name="folder">With pictures, or a folder a class.</param>
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
            return pictures.Length > 0 ? new(folder, decode, pictures, labels: null, classNames: null) : OfClasses(folder, decode);
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
            ? new(folder, decode, [.. files], [.. labels], ImageNetClasses.Labels)
            : throw new BadInputException($"{folder}: expected pictures in its {synsets.Length} synset folders, found none");
    }

    // A folder without pictures is a class nonetheless: labels must not depend on which pictures are there.
    private static PictureFolder OfClasses(string folder, Func<string, RgbImage> decode)
    {
        var classes = PictureFiles.FoldersIn(folder);
        var (files, labels) = (new List<string>(), new List<int>());
        foreach (var (label, name) in classes.Index())
        {
            foreach (var file in PictureFiles.In(Path.Combine(folder, name)))
            {
                files.Add($"{name}/{file}");
                labels.Add(label);
            }
        }

        return files.Count > 0
            ? new(folder, decode, [.. files], [.. labels], classes)
            : throw new BadInputException(
                $"{folder}: expected pictures ({PictureFiles.Endings}), a folder of them for each class, synset folders such as n01440764, or "
                    + "the folders images and masks; found none of them");
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
