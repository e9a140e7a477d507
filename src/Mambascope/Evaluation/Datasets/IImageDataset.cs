namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Pictures with what is known about them. Opening one lists names at most; a picture is read or painted when it is asked for. Reading is
/// safe from many threads and gives the same item every time.
/// </summary>
public interface IImageDataset
{
    /// <summary>What to call it in tables: the specification it was opened from.</summary>
    string Name { get; }

    /// <summary>Number of items.</summary>
    int Count { get; }

    /// <summary>Names of the classes that labels count, or null where only the model knows them.</summary>
    IReadOnlyList<string>? ClassNames { get; }

    /// <summary>Whether every item has a label.</summary>
    bool HasLabels { get; }

    /// <summary>Whether every item has a mask.</summary>
    bool HasMasks { get; }

    /// <summary>Whether every item shows two objects, each with its class and its mask.</summary>
    bool HasOtherObjects => false;

    /// <summary>
    /// Where items lie many to a file (tar files): how many lie in each, in their order. Parts of a run take whole files where there are
    /// enough. Null where every item is a file of its own, or all lie in one.
    /// </summary>
    IReadOnlyList<int>? ItemsOfFiles => null;

    /// <summary>Stable name of an item, unique in the data set; known without reading the picture.</summary>
    string Id(int index);

    /// <summary>Reads an item.</summary>
    /// <exception cref="BadInputException">Its files are missing, damaged, or do not fit together.</exception>
    DatasetImage Read(int index);
}
