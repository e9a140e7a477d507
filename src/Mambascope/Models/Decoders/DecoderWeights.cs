using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>All weights of a <see cref="Decoder"/>, and its layers around them.</summary>
internal sealed class DecoderWeights
{
    private const string HeadName = "lm_head.weight";

    private readonly List<Weight> all = [];

    /// <summary>Asks <paramref name="source"/> for every weight that a model of this shape has.</summary>
    public DecoderWeights(DecoderShape shape, WeightSource source)
    {
        Embedding = Kept(shape.EmbeddingName, shape.VocabularySize, shape.Width);
        Positions = shape.Positions is { } positions ? Kept(positions.Name, positions.Count, shape.Width) : null;
        Layers = shape.Build(Kept);
        FinalNorm = shape.Norm(Kept, shape.FinalNorm);
        Head = shape.IsHeadTied ? Embedding : Kept(HeadName, shape.VocabularySize, shape.Width);

        Weight Kept(string name, params int[] size)
        {
            var weight = source(name, size);
            all.Add(weight);
            return weight;
        }
    }

    /// <summary>(vocabulary, d).</summary>
    public Weight Embedding { get; }

    /// <summary>Learned positions, if any.</summary>
    public Weight? Positions { get; }

    /// <summary>The layers.</summary>
    public Backbone Layers { get; }

    /// <summary>The norm in front of the head.</summary>
    public Norm FinalNorm { get; }

    /// <summary>(vocabulary, d); the embedding itself where they are tied.</summary>
    public Weight Head { get; }

    /// <summary>Every weight once, in the order of the forward pass.</summary>
    public IReadOnlyList<Weight> All => all;
}
