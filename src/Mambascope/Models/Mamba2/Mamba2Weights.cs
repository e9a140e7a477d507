using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>Weights of one block of a Mamba-2; shapes in checkpoint order.</summary>
/// <param name="Norm">norm.weight (d).</param>
/// <param name="InProj">in_proj.weight (2E + 2GN + H, d): rows for z, x, B, C and the step.</param>
/// <param name="InBias">in_proj.bias, if any.</param>
/// <param name="Conv">conv1d.weight (E + 2GN, 1, K), for x, B and C.</param>
/// <param name="ConvBias">conv1d.bias (E + 2GN), if any.</param>
/// <param name="DtBias">dt_bias (H).</param>
/// <param name="ALog">A_log (H).</param>
/// <param name="D">D, the skip, (H) or (E).</param>
/// <param name="GatedNorm">mixer.norm.weight (E).</param>
/// <param name="OutProj">out_proj.weight (d, E).</param>
/// <param name="OutBias">out_proj.bias (d), if any.</param>
internal sealed record Mamba2BlockWeights(
    Weight Norm,
    Weight InProj,
    Weight? InBias,
    Weight Conv,
    Weight? ConvBias,
    Weight DtBias,
    Weight ALog,
    Weight D,
    Weight GatedNorm,
    Weight OutProj,
    Weight? OutBias)
{
    internal IEnumerable<Weight> All
        => new[] { Norm, InProj, InBias, Conv, ConvBias, DtBias, ALog, D, GatedNorm, OutProj, OutBias }.OfType<Weight>();
}

/// <summary>All weights of a Mamba-2 language model, by the names of Hugging Face's checkpoints.</summary>
internal sealed class Mamba2Weights
{
    /// <summary>Asks <paramref name="source"/> for every weight that a model of this configuration has.</summary>
    public Mamba2Weights(Mamba2Config config, WeightSource source)
    {
        var (d, E, H, K) = (config.Width, config.InnerWidth, config.Heads, config.ConvWidth);
        var projected = E + config.ConvChannels + H;
        Embedding = source("backbone.embeddings.weight", config.VocabularySize, d);
        Blocks = [.. Enumerable.Range(0, config.Depth).Select(layer => Block($"backbone.layers.{layer}."))];
        FinalNorm = source("backbone.norm_f.weight", d);
        Head = config.IsHeadTied ? Embedding : source("lm_head.weight", config.VocabularySize, d);

        Mamba2BlockWeights Block(string at) => new(
            source(at + "norm.weight", d),
            source(at + "mixer.in_proj.weight", projected, d),
            config.HasProjectionBias ? source(at + "mixer.in_proj.bias", projected) : null,
            source(at + "mixer.conv1d.weight", config.ConvChannels, 1, K),
            config.HasConvBias ? source(at + "mixer.conv1d.bias", config.ConvChannels) : null,
            source(at + "mixer.dt_bias", H),
            source(at + "mixer.A_log", H),
            source(at + "mixer.D", config.HasSkipPerChannel ? E : H),
            source(at + "mixer.norm.weight", E),
            source(at + "mixer.out_proj.weight", d, E),
            config.HasProjectionBias ? source(at + "mixer.out_proj.bias", d) : null);
    }

    /// <summary>backbone.embeddings.weight (vocabulary, d).</summary>
    public Weight Embedding { get; }

    /// <summary>The blocks, from the input to the output.</summary>
    public IReadOnlyList<Mamba2BlockWeights> Blocks { get; }

    /// <summary>backbone.norm_f.weight (d).</summary>
    public Weight FinalNorm { get; }

    /// <summary>lm_head.weight (vocabulary, d); <see cref="Embedding"/> itself where the head is tied.</summary>
    public Weight Head { get; }

    /// <summary>Every weight once, in the order of the forward pass.</summary>
    public IEnumerable<Weight> All => new[] { Embedding }.Concat(Blocks.SelectMany(b => b.All)).Append(FinalNorm).Append(Head).Distinct();
}
