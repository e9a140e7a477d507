using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>Weights of one transformer block, by timm's names.</summary>
/// <param name="Norm1">norm1.weight (d).</param>
/// <param name="Norm1Bias">norm1.bias (d).</param>
/// <param name="Qkv">attn.qkv.weight (3d, d): rows for q, k and v, each head after head.</param>
/// <param name="QkvBias">attn.qkv.bias (3d).</param>
/// <param name="Projection">attn.proj.weight (d, d).</param>
/// <param name="ProjectionBias">attn.proj.bias (d).</param>
/// <param name="Norm2">norm2.weight (d).</param>
/// <param name="Norm2Bias">norm2.bias (d).</param>
/// <param name="Fc1">mlp.fc1.weight (m, d).</param>
/// <param name="Fc1Bias">mlp.fc1.bias (m).</param>
/// <param name="Fc2">mlp.fc2.weight (d, m).</param>
/// <param name="Fc2Bias">mlp.fc2.bias (d).</param>
internal sealed record VisionTransformerBlockWeights(
    Weight Norm1, Weight Norm1Bias, Weight Qkv, Weight QkvBias, Weight Projection, Weight ProjectionBias,
    Weight Norm2, Weight Norm2Bias, Weight Fc1, Weight Fc1Bias, Weight Fc2, Weight Fc2Bias)
{
    internal IEnumerable<Weight> All
        => [Norm1, Norm1Bias, Qkv, QkvBias, Projection, ProjectionBias, Norm2, Norm2Bias, Fc1, Fc1Bias, Fc2, Fc2Bias];
}

/// <summary>All weights of a vision transformer, by the names of timm and of the DeiT release.</summary>
internal sealed class VisionTransformerWeights
{
    /// <summary>Asks <paramref name="source"/> for every weight that a model of this configuration has.</summary>
    public VisionTransformerWeights(VisionTransformerConfig config, WeightSource source)
    {
        var (d, m) = (config.Width, config.MlpWidth);
        ClassToken = source("cls_token", 1, 1, d);
        Positions = source("pos_embed", 1, config.Length, d);
        PatchProjection = source("patch_embed.proj.weight", d, config.Channels, config.PatchSize, config.PatchSize);
        PatchBias = source("patch_embed.proj.bias", d);
        Blocks = [.. Enumerable.Range(0, config.Depth).Select(layer => Block($"blocks.{layer}."))];
        FinalNorm = source("norm.weight", d);
        FinalNormBias = source("norm.bias", d);
        Head = source("head.weight", config.Classes, d);
        HeadBias = source("head.bias", config.Classes);

        VisionTransformerBlockWeights Block(string at) => new(
            source(at + "norm1.weight", d),
            source(at + "norm1.bias", d),
            source(at + "attn.qkv.weight", 3 * d, d),
            source(at + "attn.qkv.bias", 3 * d),
            source(at + "attn.proj.weight", d, d),
            source(at + "attn.proj.bias", d),
            source(at + "norm2.weight", d),
            source(at + "norm2.bias", d),
            source(at + "mlp.fc1.weight", m, d),
            source(at + "mlp.fc1.bias", m),
            source(at + "mlp.fc2.weight", d, m),
            source(at + "mlp.fc2.bias", d));
    }

    /// <summary>cls_token (1, 1, d).</summary>
    public Weight ClassToken { get; }

    /// <summary>pos_embed (1, L, d).</summary>
    public Weight Positions { get; }

    /// <summary>patch_embed.proj.weight (d, channels, P, P).</summary>
    public Weight PatchProjection { get; }

    /// <summary>patch_embed.proj.bias (d).</summary>
    public Weight PatchBias { get; }

    /// <summary>The blocks, from the input to the output.</summary>
    public IReadOnlyList<VisionTransformerBlockWeights> Blocks { get; }

    /// <summary>norm.weight (d).</summary>
    public Weight FinalNorm { get; }

    /// <summary>norm.bias (d).</summary>
    public Weight FinalNormBias { get; }

    /// <summary>head.weight (classes, d).</summary>
    public Weight Head { get; }

    /// <summary>head.bias (classes).</summary>
    public Weight HeadBias { get; }

    /// <summary>Every weight once, in the order of the forward pass.</summary>
    public IEnumerable<Weight> All
        => [ClassToken, Positions, PatchProjection, PatchBias, .. Blocks.SelectMany(b => b.All), FinalNorm, FinalNormBias, Head, HeadBias];
}
