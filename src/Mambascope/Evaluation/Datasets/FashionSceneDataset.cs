using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// The first scenes of a split of <see cref="FashionScenes"/>, painted when asked for: 56 x 56 pixels, one garment with its label and exact
/// mask, or two garments with both.
/// </summary>
internal sealed class FashionSceneDataset : IImageDataset
{
    /// <summary>Scenes whose garment stands out.</summary>
    public const string Plain = "fashion-scenes";

    /// <summary>Scenes whose garment is hidden.</summary>
    public const string Hard = "fashion-scenes-hard";

    /// <summary>The most scenes of one data set.</summary>
    public const int MaxCount = 10_000_000;

    private readonly FashionScenes scenes;
    private readonly string family;
    private readonly string stream;
    private readonly bool hasTwoItems;

    private FashionSceneDataset(FashionScenes scenes, string family, string stream, int count, bool hasTwoItems)
    {
        if (count is < 1 or > MaxCount)
        {
            throw new BadInputException($"fashion scenes: expected 1 to {MaxCount} scenes, found {count}");
        }

        (this.scenes, this.family, this.stream, this.hasTwoItems) = (scenes, family, stream, hasTwoItems);
        Count = count;
    }

    /// <inheritdoc/>
    public string Name => $"{family}:{stream}:{Count}";

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames => FashionScenes.ClassNames;

    /// <inheritdoc/>
    public bool HasLabels => true;

    /// <inheritdoc/>
    public bool HasMasks => true;

    /// <inheritdoc/>
    public bool HasOtherObjects => hasTwoItems;

    /// <summary>The first <paramref name="count"/> scenes of one garment.</summary>
    /// <param name="scenes">Split and seed.</param>
    /// <param name="stream">Name of the split, for ids.</param>
    /// <param name="count">Number of scenes.</param>
    /// <param name="family">What the data set is called in front of the stream.</param>
    /// <exception cref="BadInputException">The count is out of range.</exception>
    public static FashionSceneDataset OneItem(FashionScenes scenes, string stream, int count, string family = Plain)
        => new(scenes, family, stream, count, hasTwoItems: false);

    /// <summary>
    /// The first <paramref name="count"/> scenes of two garments. The label and mask of an item are those of its first garment,
    /// <see cref="DatasetImage.OtherLabel"/> and <see cref="DatasetImage.OtherMask"/> those of its second.
    /// </summary>
    /// <param name="scenes">Split and seed.</param>
    /// <param name="stream">Name of the stream, for ids.</param>
    /// <param name="count">Number of scenes.</param>
    /// <param name="family">What the data set is called in front of the stream.</param>
    /// <exception cref="BadInputException">The count is out of range.</exception>
    public static FashionSceneDataset TwoItems(FashionScenes scenes, string stream, int count, string family = Plain)
        => new(scenes, family, stream, count, hasTwoItems: true);

    /// <inheritdoc/>
    public string Id(int index) => $"{stream}/{IndexCheck.Within(index, Count)}";

    /// <inheritdoc/>
    public DatasetImage Read(int index)
    {
        var id = Id(index);
        if (hasTwoItems)
        {
            var two = scenes.TwoItem(index);
            return new(id, Picture(two.Pixels), two.FirstLabel, two.FirstMask) { OtherLabel = two.SecondLabel, OtherMask = two.SecondMask };
        }

        var scene = scenes.Scene(index);
        return new(id, Picture(scene.Pixels), scene.Label, scene.Mask);
    }

    private static RgbImage Picture(byte[] pixels) => new(FashionScenes.Size, FashionScenes.Size, pixels);
}
