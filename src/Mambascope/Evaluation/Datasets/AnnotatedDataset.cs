using Mambascope.Checkpoints;
using Mambascope.Models;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// A data set with labels or columns from the user's files beside it. An entry belongs to the picture whose id, file name, or file name
/// without ending it names. Entries for pictures that are not there are passed over; a picture without an entry is refused.
/// </summary>
internal sealed class AnnotatedDataset : IImageDataset
{
    private readonly IImageDataset inner;
    private readonly int[]? labels;
    private readonly IReadOnlyDictionary<string, string>[]? columns;

    private AnnotatedDataset(
        IImageDataset inner, IReadOnlyList<string>? classNames, int[]? labels, IReadOnlyDictionary<string, string>[]? columns)
    {
        (this.inner, this.labels, this.columns) = (inner, labels, columns);
        ClassNames = classNames;
    }

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public int Count => inner.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <inheritdoc/>
    public bool HasLabels => labels is not null || inner.HasLabels;

    /// <inheritdoc/>
    public bool HasMasks => inner.HasMasks;

    /// <inheritdoc/>
    public bool HasOtherObjects => inner.HasOtherObjects;

    /// <inheritdoc/>
    public IReadOnlyList<int>? ItemsOfFiles => inner.ItemsOfFiles;

    /// <summary>
    /// Adds labels: lines <c>NAME LABEL</c>, or a .csv with name and label in its first two columns. A label is a class index, an
    /// ImageNet synset, or the name of a class.
    /// </summary>
    /// <param name="dataset">The pictures.</param>
    /// <param name="path">The file.</param>
    /// <param name="classes">Names of the model's classes, in their order; null where indices and synsets only are understood.</param>
    /// <exception cref="BadInputException">
    /// The file is missing or of another form, a picture has no entry, or the data set has labels already.
    /// </exception>
    public static AnnotatedDataset WithLabels(IImageDataset dataset, string path, IReadOnlyList<string>? classes = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.HasLabels)
        {
            throw new BadInputException($"{path}: {dataset.Name} has labels of its own; leave --data-labels out");
        }

        var (byName, areImageNet) = LabelsFile.Read(path, classes);
        return new(dataset, areImageNet ? ImageNetClasses.Labels : classes, Join(dataset, byName, path), columns: null);
    }

    /// <summary>Adds the columns of a CSV with a header; its first column names the pictures.</summary>
    /// <exception cref="BadInputException">The file is missing or of another form, or a picture has no row.</exception>
    public static AnnotatedDataset WithColumns(IImageDataset dataset, string path)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new(dataset, dataset.ClassNames, labels: null, Join(dataset, ColumnsFile.Read(path), path));
    }

    /// <inheritdoc/>
    public string Id(int index) => inner.Id(index);

    /// <inheritdoc/>
    public DatasetImage Read(int index)
    {
        var item = inner.Read(index);
        return item with { Label = labels?[index] ?? item.Label, Columns = columns?[index] ?? item.Columns };
    }

    private static T[] Join<T>(IImageDataset dataset, Dictionary<string, T> byName, string path)
    {
        var (joined, without) = (new T[dataset.Count], new List<string>());
        for (var i = 0; i < joined.Length; i++)
        {
            var id = dataset.Id(i);
            if (
                byName.TryGetValue(id, out var value)
                || byName.TryGetValue(Path.GetFileName(id), out value)
                || byName.TryGetValue(Path.GetFileNameWithoutExtension(id), out value))
            {
                joined[i] = value;
            }
            else
            {
                without.Add(id);
            }
        }

        return without.Count == 0
            ? joined
            : throw new BadInputException(
                $"{path}: expected an entry for each of the {dataset.Count} pictures of {dataset.Name}, found none for {without.Count} of "
                    + $"them, the first {Printable.Name(without[0])}");
    }
}
