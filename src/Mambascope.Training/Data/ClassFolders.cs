using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Images;

namespace Mambascope.Training;

/// <summary>A folder with a folder for each class; masks beside pictures are passed over.</summary>
internal sealed class ClassFolders : IImageDataset
{
    private readonly string folder;
    private readonly Func<string, RgbImage> decode;
    private readonly (string File, int Label)[] pictures;

    /// <summary>Lists the pictures.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="classes">Names of its folders, in the order of the classes; one that is not there has no pictures.</param>
    /// <param name="decode">Reads a picture file.</param>
    /// <exception cref="BadInputException">There are no pictures.</exception>
    public ClassFolders(string folder, IReadOnlyList<string> classes, Func<string, RgbImage> decode)
    {
        (this.folder, this.decode, ClassNames) = (folder, decode, classes);
        pictures = [.. classes.SelectMany((name, label) => Pictures(folder, name).Select(file => ($"{name}/{file}", label)))];
        if (pictures.Length == 0)
        {
            throw new BadInputException(
                $"{folder}: expected a folder for each class with pictures ({string.Join(", ", PictureFiles.Endings)}) in it, found none");
        }
    }

    /// <inheritdoc/>
    public string Name => folder;

    /// <inheritdoc/>
    public int Count => pictures.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public bool HasLabels => true;

    /// <inheritdoc/>
    public bool HasMasks => false;

    /// <summary>Names of the folders that hold pictures, sorted.</summary>
    public static string[] ClassesIn(string folder)
        => [.. PictureFiles.FoldersIn(folder).Where(name => Pictures(folder, name).Any())];

    /// <inheritdoc/>
    public string Id(int index) => pictures[index].File;

    /// <inheritdoc/>
    public DatasetImage Read(int index)
        => new(Id(index), decode(Path.Combine(folder, pictures[index].File)), pictures[index].Label, Mask: null);

    private static IEnumerable<string> Pictures(string folder, string name)
    {
        var inner = Path.Combine(folder, name);
        return Directory.Exists(inner) ? PictureFiles.In(inner).Where(file => !MaskFile.Is(file)) : [];
    }
}
