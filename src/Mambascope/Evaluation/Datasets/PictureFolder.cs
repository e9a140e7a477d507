using Mambascope.Inputs.Images;
using Mambascope.Models;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// A folder of pictures: either flat, then without labels (see <see cref="AnnotatedDataset"/>), or with a folder for each class. Such a
/// folder is called after an ImageNet synset, as the validation set is laid out for torchvision
/// (<c>val/n01440764/ILSVRC2012_val_00000293.JPEG</c>), or after a class of the model (<c>data/Bag/a.jpg</c>). Labels are the model's
/// indices, also where only some of its classes have a folder. <c>NAME.mask.png</c> beside every picture is its mask;
/// <c>NAME.mark.png</c> beside any says where something stands, or may stand, that can be read in the object's stead.
/// </summary>
internal sealed class PictureFolder : IImageDataset
{
    private readonly string folder;
    private readonly Func<string, RgbImage> decode;
    private readonly string[] files; // relative, with /
    private readonly int[]? labels;
    private readonly string[]? masks;

    private PictureFolder(
        string folder, Func<string, RgbImage> decode, string[] files, string[]? masks, int[]? labels, IReadOnlyList<string>? classNames)
    {
        (this.folder, this.decode, this.files, this.masks, this.labels) = (folder, decode, files, masks, labels);
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
    public bool HasMasks => masks is not null;

    /// <summary>Lists a folder; reads no picture.</summary>
    /// <param name="folder">With folders of classes, or pictures.</param>
    /// <param name="decode">Reads a picture file.</param>
    /// <param name="classes">Names of the model's classes, in their order; needed for folders that are not called after synsets.</param>
    /// <exception cref="BadInputException">
    /// There is no such folder, it holds no pictures, a folder is called after no class, or some pictures have a mask and others none.
    /// </exception>
    public static PictureFolder Open(string folder, Func<string, RgbImage> decode, IReadOnlyList<string>? classes = null)
    {
        ArgumentNullException.ThrowIfNull(decode);
        var inner = PictureFiles.FoldersIn(folder);
        var synsets = Array.FindAll(inner, ImageNetClasses.IsSynset);
        if (synsets.Length > 0)
        {
            return Labelled(folder, decode, synsets, name => Synset(folder, name), ImageNetClasses.Labels, "synset folders");
        }

        var folders = Array.FindAll(inner, name => Pictures(folder, name).Length > 0);
        var flat = Pictures(folder, "");
        if (flat.Length == 0 && folders.Length > 0)
        {
            return Labelled(folder, decode, folders, name => ByName(folder, name, classes), classes, "class folders");
        }

        return flat.Length > 0
            ? new(folder, decode, flat, MasksOf(folder, flat), labels: null, classNames: null)
            : throw new BadInputException(
                $"{folder}: expected pictures ({string.Join(", ", PictureFiles.Endings)}), a folder for each class (Bag/a.jpg), synset "
                    + $"folders such as n01440764, or the folders images and masks; found none of them{Deeper(folder)}");
    }

    /// <inheritdoc/>
    public string Id(int index) => files[IndexCheck.Within(index, Count)];

    /// <inheritdoc/>
    public DatasetImage Read(int index)
    {
        var id = Id(index);
        var path = Path.Combine(folder, id);
        var image = decode(path);
        var mark = Path.ChangeExtension(path, null) + MaskFile.MarkEnding;
        return new(
            id, image, labels?[index], masks is null ? null : MaskFile.Read(Path.Combine(folder, masks[index]), image, path, decode))
        {
            Mark = File.Exists(mark) ? MaskFile.Read(mark, image, path, decode) : null,
        };
    }

    private static PictureFolder Labelled(
        string folder, Func<string, RgbImage> decode, string[] folders, Func<string, int> label, IReadOnlyList<string>? classNames,
        string what)
    {
        var (files, labels) = (new List<string>(), new List<int>());
        foreach (var name in folders)
        {
            var index = label(name);
            foreach (var file in Pictures(folder, name))
            {
                files.Add($"{name}/{file}");
                labels.Add(index);
            }
        }

        string[] all = [.. files];
        return all.Length > 0
            ? new(folder, decode, all, MasksOf(folder, all), [.. labels], classNames)
            : throw new BadInputException($"{folder}: expected pictures in its {folders.Length} {what}, found none");
    }

    private static int Synset(string folder, string name) => ImageNetClasses.Find(name)
        ?? throw new BadInputException(
            $"{Path.Combine(folder, name)}: expected a synset of the {ImageNetClasses.Count} ImageNet classes, "
                + "found another; take this folder out");

    private static int ByName(string folder, string name, IReadOnlyList<string>? classes)
        => Datasets.ClassNames.Find(name, classes)
        ?? throw new BadInputException(
            $"{Path.Combine(folder, name)}: no class is called {Printable.Name(name)}; {Datasets.ClassNames.Nearest(name, classes)}; "
                + $"rename the folder, or put all pictures into one and give --data-labels FILE{Deeper(Path.Combine(folder, name))}");

    private static string[] Pictures(string folder, string inner)
        => [.. PictureFiles.In(Path.Combine(folder, inner)).Where(name => !MaskFile.Is(name) && !MaskFile.IsMark(name))];

    // All have a mask, or none has.
    private static string[]? MasksOf(string folder, string[] files)
    {
        var found = Array.ConvertAll(files, file => MaskFile.Endings
            .Select(ending => Path.ChangeExtension(file, null) + ending)
            .FirstOrDefault(mask => File.Exists(Path.Combine(folder, mask))));
        var without = files.Where((_, i) => found[i] is null).ToArray();
        return without.Length == files.Length ? null
            : without.Length == 0 ? [.. found.OfType<string>()]
            : throw new BadInputException(
                $"{Path.Combine(folder, without[0])}: expected its mask beside it as "
                    + $"{Path.GetFileNameWithoutExtension(without[0])}.mask.png, "
                    + $"found none ({without.Length} of {files.Length} pictures have no mask)");
    }

    // Splits lie one level above the classes.
    private static string Deeper(string folder)
        => Directory.Exists(folder)
        && PictureFiles.FoldersIn(folder).FirstOrDefault(name => PictureFiles.FoldersIn(Path.Combine(folder, name)).Length > 0) is { } split
            ? $"; did you mean --data {Path.Combine(folder, split)}"
            : "";
}
