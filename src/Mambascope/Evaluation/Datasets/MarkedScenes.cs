namespace Mambascope.Evaluation.Datasets;

/// <summary>
/// Fashion scenes with a planted shortcut: a coloured square in the upper left corner. As a model of ours is trained on them
/// (<see cref="AsTrained"/>), nearly all scenes of one class have it and hardly any other: who sees the square need not look at the
/// garment. Tossed by a coin (<see cref="ByCoin"/>), it says nothing about the class: there it shows who has learned it.
/// </summary>
internal sealed class MarkedScenes
{
    /// <summary>Height and width of the square in pixels: two patches of the shipped models a side.</summary>
    public const int Side = 8;

    /// <summary>The class that the mark gives away.</summary>
    public const int GivenAway = 2; // Pullover

    private const double OwnShare = 0.98;
    private const double OtherShare = 0.01;
    private const ulong MarkStream = 0x4D61; // part of every mark's random key

    private readonly FashionScenes scenes;
    private readonly ulong seed;
    private readonly double ownShare;
    private readonly double otherShare;

    private MarkedScenes(FashionScenes scenes, ulong seed, double ownShare, double otherShare)
        => (this.scenes, this.seed, this.ownShare, this.otherShare) = (scenes, seed, ownShare, otherShare);

    /// <summary>98 % of the pullovers have the mark and 1 % of everything else.</summary>
    public static MarkedScenes AsTrained(FashionScenes scenes, ulong seed = 0) => new(scenes, seed, OwnShare, OtherShare);

    /// <summary>Half of all scenes have the mark, whatever they show.</summary>
    public static MarkedScenes ByCoin(FashionScenes scenes, ulong seed = 0) => new(scenes, seed, 0.5, 0.5);

    /// <summary>(56, 56): 1 where the mark stands or would stand, else 0.</summary>
    public static byte[] Place()
    {
        var place = new byte[FashionScenes.Size * FashionScenes.Size];
        for (var y = 0; y < Side; y++)
        {
            place.AsSpan(y * FashionScenes.Size, Side).Fill(1);
        }

        return place;
    }

    /// <summary>Whether scene <paramref name="index"/>, of this class, has the mark.</summary>
    public bool IsMarked(long index, int label)
        => new SceneRandom(seed, MarkStream, index).Unit() < (label == GivenAway ? ownShare : otherShare);

    /// <summary>
    /// As <see cref="FashionScenes.Render"/>, with the mark over whatever stood there; what it covers of the garment is not in the mask.
    /// </summary>
    public int Render(long index, Span<byte> pixels, Span<byte> mask)
    {
        var label = scenes.Render(index, pixels, mask);
        if (!IsMarked(index, label))
        {
            return label;
        }

        for (var y = 0; y < Side; y++)
        {
            mask.Slice(y * FashionScenes.Size, Side).Clear();
            for (var x = 0; x < Side; x++)
            {
                ReadOnlySpan<byte> colour = [235, 40, 200];
                colour.CopyTo(pixels[(3 * ((y * FashionScenes.Size) + x))..]);
            }
        }

        return label;
    }
}
