using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Datasets;

/// <summary>What opening a data set may need beside its specification.</summary>
public sealed record DatasetOptions
{
    /// <summary>
    /// Reads a picture file; needed for folders of pictures. Mambascope.Imaging has one: <c>path => ImageFile.Decode(path)</c>.
    /// </summary>
    public Func<string, RgbImage>? Decode { get; init; }

    /// <summary>
    /// Reads a picture from memory, the name being for messages; needed for tar files. Mambascope.Imaging has one:
    /// <c>(bytes, name) => ImageFile.Decode(bytes, name)</c>.
    /// </summary>
    public Func<byte[], string, RgbImage>? DecodeBytes { get; init; }

    /// <summary>
    /// Names of the model's classes, in their order: what folders, masks and labels of a user's own may be called after. Null where only
    /// indices (and ImageNet's synsets) are understood.
    /// </summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Labels of pictures by name, see <see cref="AnnotatedDataset.WithLabels"/>.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>The user's own columns by name, see <see cref="AnnotatedDataset.WithColumns"/>.</summary>
    public string? ColumnsFile { get; init; }

    /// <summary>Where the training garments of the splits train and validation lie.</summary>
    public string GarmentFolder { get; init; } = FashionMnist.DebianFolder;
}
