using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// The first scenes of <see cref="MarkedScenes"/>: one garment with its label and exact mask, the place of the mark as a mask whether or
/// not the mark stands there, and two columns: <c>class</c>, the garment's name, and <c>mark</c>, yes or no.
/// </summary>
internal sealed class MarkedSceneDataset : IImageDataset
{
    /// <summary>What a specification begins with.</summary>
    public const string Prefix = "fashion-scenes-marked";

    private const string ClassColumn = "class";
    private const string MarkColumn = "mark";

    private static readonly byte[] place = MarkedScenes.Place();

    private readonly MarkedScenes scenes;
    private readonly string stream;

    /// <summary>The first <paramref name="count"/> scenes.</summary>
    /// <param name="scenes">The scenes.</param>
    /// <param name="stream">Name of the split, for ids.</param>
    /// <param name="count">Number of scenes.</param>
    public MarkedSceneDataset(MarkedScenes scenes, string stream, int count)
    {
        (this.scenes, this.stream) = (scenes, stream);
        Count = count is >= 1 and <= FashionSceneDataset.MaxCount
            ? count
            : throw new BadInputException($"{Prefix}: expected 1 to {FashionSceneDataset.MaxCount} scenes, found {count}");
    }

    /// <inheritdoc/>
    public string Name => $"{Prefix}:{stream}:{Count}";

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => FashionScenes.ClassNames;

    /// <inheritdoc/>
    public bool HasLabels => true;

    /// <inheritdoc/>
    public bool HasMasks => true;

    /// <summary>Opens a split.</summary>
    /// <param name="stream">
    /// Its name: <c>test</c> has the mark by the toss of a coin; <c>as-trained</c>, <c>validation</c> and <c>train</c> where demo-shortcut
    /// saw it.
    /// </param>
    /// <param name="count">Number of scenes.</param>
    /// <param name="garments">Folder of the training garments.</param>
    /// <returns>Null for a split that there is not.</returns>
    public static MarkedSceneDataset? Open(string stream, int count, string garments)
        => stream switch
        {
            "test" => new(MarkedScenes.ByCoin(FashionScenes.Test()), stream, count),
            "as-trained" => new(MarkedScenes.AsTrained(FashionScenes.Test()), stream, count),
            "validation" => new(MarkedScenes.AsTrained(FashionScenes.Validation(FashionMnist.Train(garments))), stream, count),
            "train" => new(MarkedScenes.AsTrained(FashionScenes.Train(FashionMnist.Train(garments))), stream, count),
            _ => null,
        };

    /// <inheritdoc/>
    public string Id(int index) => $"{stream}/{IndexCheck.Within(index, Count)}";

    /// <inheritdoc/>
    public DatasetImage Read(int index)
    {
        var (pixels, mask) = (new byte[FashionScenes.Size * FashionScenes.Size * 3], new byte[FashionScenes.Size * FashionScenes.Size]);
        var id = Id(index);
        var label = scenes.Render(index, pixels, mask);
        return new(id, new RgbImage(FashionScenes.Size, FashionScenes.Size, pixels), label, mask)
        {
            Mark = place,
            Columns = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ClassColumn] = FashionScenes.ClassNames[label],
                [MarkColumn] = scenes.IsMarked(index, label) ? "yes" : "no",
            },
        };
    }
}
