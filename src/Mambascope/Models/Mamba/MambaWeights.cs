using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>Weights of one block of a Mamba; shapes in checkpoint order.</summary>
/// <param name="Norm">norm.weight (d).</param>
/// <param name="InProj">in_proj.weight (2E, d): rows for x, then for z.</param>
/// <param name="InBias">in_proj.bias (2E), if any.</param>
/// <param name="Conv">conv1d.weight (E, 1, K).</param>
/// <param name="ConvBias">conv1d.bias (E), if any.</param>
/// <param name="XProj">x_proj.weight (R + 2N, E): rows for the low-rank step size, B and C.</param>
/// <param name="DtProj">dt_proj.weight (E, R).</param>
/// <param name="DtBias">dt_proj.bias (E).</param>
/// <param name="ALog">A_log (E, N).</param>
/// <param name="D">D (E), the skip.</param>
/// <param name="OutProj">out_proj.weight (d, E).</param>
/// <param name="OutBias">out_proj.bias (d), if any.</param>
internal sealed record MambaBlockWeights(
    Weight Norm,
    Weight InProj,
    Weight? InBias,
    Weight Conv,
    Weight? ConvBias,
    Weight XProj,
    Weight DtProj,
    Weight DtBias,
    Weight ALog,
    Weight D,
    Weight OutProj,
    Weight? OutBias)
{
    internal IEnumerable<Weight> All
        => new[] { Norm, InProj, InBias, Conv, ConvBias, XProj, DtProj, DtBias, ALog, D, OutProj, OutBias }.OfType<Weight>();
}

/// <summary>All weights of a Mamba language model, by the names of Hugging Face's checkpoints.</summary>
internal sealed class MambaWeights
{
    /// <summary>Asks <paramref name="source"/> for every weight that a model of this configuration has.</summary>
    public MambaWeights(MambaConfig config, WeightSource source)
    {
        var (d, E, N, R, K) = (config.Width, config.InnerWidth, config.StateSize, config.DtRank, config.ConvWidth);
        Embedding = source("backbone.embeddings.weight", config.VocabularySize, d);
        Blocks = [.. Enumerable.Range(0, config.Depth).Select(layer => Block($"backbone.layers.{layer}."))];
        FinalNorm = source("backbone.norm_f.weight", d);
        Head = config.IsHeadTied ? Embedding : source("lm_head.weight", config.VocabularySize, d);

        MambaBlockWeights Block(string at) => new(
            source(at + "norm.weight", d),
            source(at + "mixer.in_proj.weight", 2 * E, d),
            config.HasProjectionBias ? source(at + "mixer.in_proj.bias", 2 * E) : null,
            source(at + "mixer.conv1d.weight", E, 1, K),
            config.HasConvBias ? source(at + "mixer.conv1d.bias", E) : null,
            source(at + "mixer.x_proj.weight", R + (2 * N), E),
            source(at + "mixer.dt_proj.weight", E, R),
            source(at + "mixer.dt_proj.bias", E),
            source(at + "mixer.A_log", E, N),
            source(at + "mixer.D", E),
            source(at + "mixer.out_proj.weight", d, E),
            config.HasProjectionBias ? source(at + "mixer.out_proj.bias", d) : null);
    }

    /// <summary>backbone.embeddings.weight (vocabulary, d).</summary>
    public Weight Embedding { get; }

    /// <summary>The blocks, from the input to the output.</summary>
    public IReadOnlyList<MambaBlockWeights> Blocks { get; }

    /// <summary>backbone.norm_f.weight (d).</summary>
    public Weight FinalNorm { get; }

    /// <summary>lm_head.weight (vocabulary, d); <see cref="Embedding"/> itself where the head is tied.</summary>
    public Weight Head { get; }

    /// <summary>Every weight once, in the order of the forward pass.</summary>
    public IEnumerable<Weight> All => new[] { Embedding }.Concat(Blocks.SelectMany(b => b.All)).Append(FinalNorm).Append(Head).Distinct();
}
