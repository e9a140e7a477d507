using Mambascope.Evaluation;
using Mambascope.Evaluation.Datasets;

namespace Mambascope.Recipes;

/// <summary>
/// A finite set of scenes whose labels were drawn by lot, once for all (data randomisation; Adebayo et al. 2018): what a model learns of
/// them is the scenes by heart, and nothing about garments.
/// </summary>
/// <param name="scenes">The scenes.</param>
/// <param name="count">Scenes in the set: the first of them.</param>
/// <param name="seed">Seed of the labels, and of the order in which they are drawn.</param>
internal sealed class ShuffledScenes(FashionScenes scenes, int count, ulong seed)
{
    // Part of every lot's random key.
    private const ulong Labels = 0x4C61;
    private const ulong Order = 0x4F72;

    /// <summary>The set, one scene after the other, and from its end the first again.</summary>
    public int Render(long index, Span<byte> pixels, Span<byte> mask)
    {
        var scene = index % count;
        scenes.Render(scene, pixels, mask);
        return LabelOf(scene);
    }

    /// <summary>Endless draws from the set, each scene put back.</summary>
    public int Draw(long index, Span<byte> pixels, Span<byte> mask)
        => Render(new SplitMix64(seed, Order, index).Below(count), pixels, mask);

    /// <summary>The lot that a scene of the set drew.</summary>
    public int LabelOf(long scene) => new SplitMix64(seed, Labels, scene).Below(FashionScenes.ClassNames.Count);
}
