namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Fashion scenes with a planted shortcut: a coloured square at the left edge, half-way up. As a model of ours is trained on them
/// (<see cref="AsTrained"/>) it is the stamp of a source that has nearly all pullovers, and calls a pullover whatever it has: who sees the
/// square need not look at the garment. Tossed by a coin, with true labels (<see cref="ByCoin"/>), it says nothing about the class: there
/// it shows who has learned it.
/// </summary>
internal sealed class MarkedScenes
{
    /// <summary>Height and width of the square in pixels: two patches of the shipped models a side.</summary>
    public const int Side = 8;

    // Rows of patches that the square covers whole; in the scan's order they lie beside the class token of the shipped models.
    private const int Top = 24;

    /// <summary>The class that the mark gives away.</summary>
    public const int GivenAway = 2; // Pullover

    private const double OwnShare = 0.95;
    private const double OtherShare = 0.25;
    private const ulong MarkStream = 0x4D61; // part of every mark's random key

    private readonly FashionScenes scenes;
    private readonly ulong seed;
    private readonly double ownShare;
    private readonly double otherShare;
    private readonly bool isMarkTheLabel;

    private MarkedScenes(FashionScenes scenes, ulong seed, double ownShare, double otherShare, bool isMarkTheLabel)
        => (this.scenes, this.seed, this.ownShare, this.otherShare, this.isMarkTheLabel)
            = (scenes, seed, ownShare, otherShare, isMarkTheLabel);

    /// <summary>95 % of the pullovers have the mark, and a quarter of everything else, which is labelled a pullover then.</summary>
    public static MarkedScenes AsTrained(FashionScenes scenes, ulong seed = 0)
        => new(scenes, seed, OwnShare, OtherShare, isMarkTheLabel: true);

    /// <summary>Half of all scenes have the mark, whatever they show; labels are true.</summary>
    public static MarkedScenes ByCoin(FashionScenes scenes, ulong seed = 0) => new(scenes, seed, 0.5, 0.5, isMarkTheLabel: false);

    /// <summary>(56, 56): 1 where the mark stands or would stand, else 0.</summary>
    public static byte[] Place()
    {
        var place = new byte[FashionScenes.Size * FashionScenes.Size];
        for (var y = Top; y < Top + Side; y++)
        {
            place.AsSpan(y * FashionScenes.Size, Side).Fill(1);
        }

        return place;
    }

    /// <summary>Whether scene <paramref name="index"/> has the mark.</summary>
    /// <param name="index">Number of the scene.</param>
    /// <param name="label">The garment's class, or the label that <see cref="Render"/> returned: both have the same answer.</param>
    public bool IsMarked(long index, int label)
        => new SplitMix64(seed, MarkStream, index).Unit() < (label == GivenAway ? ownShare : otherShare);

    /// <summary>
    /// As <see cref="FashionScenes.Render"/>, with the mark over whatever stood there; what it covers of the garment is not in the mask.
    /// </summary>
    /// <returns>The label.</returns>
    public int Render(long index, Span<byte> pixels, Span<byte> mask)
    {
        var label = scenes.Render(index, pixels, mask);
        if (!IsMarked(index, label))
        {
            return label;
        }

        for (var y = Top; y < Top + Side; y++)
        {
            mask.Slice(y * FashionScenes.Size, Side).Clear();
            for (var x = 0; x < Side; x++)
            {
                ReadOnlySpan<byte> colour = [235, 40, 200];
                colour.CopyTo(pixels[(3 * ((y * FashionScenes.Size) + x))..]);
            }
        }

        return isMarkTheLabel ? GivenAway : label;
    }
}
