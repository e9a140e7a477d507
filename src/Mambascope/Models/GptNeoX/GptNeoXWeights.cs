using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>Weights of one GPT-NeoX block, by Hugging Face's names.</summary>
/// <param name="Norm1">input_layernorm.weight (d).</param>
/// <param name="Norm1Bias">input_layernorm.bias (d).</param>
/// <param name="Norm2">post_attention_layernorm.weight (d).</param>
/// <param name="Norm2Bias">post_attention_layernorm.bias (d).</param>
/// <param name="Qkv">attention.query_key_value.weight (3d, d): for every head its rows for q, k and v.</param>
/// <param name="QkvBias">attention.query_key_value.bias (3d), if any.</param>
/// <param name="Projection">attention.dense.weight (d, d).</param>
/// <param name="ProjectionBias">attention.dense.bias (d), if any.</param>
/// <param name="Fc1">mlp.dense_h_to_4h.weight (m, d).</param>
/// <param name="Fc1Bias">mlp.dense_h_to_4h.bias (m).</param>
/// <param name="Fc2">mlp.dense_4h_to_h.weight (d, m).</param>
/// <param name="Fc2Bias">mlp.dense_4h_to_h.bias (d).</param>
internal sealed record GptNeoXBlockWeights(
    Weight Norm1, Weight Norm1Bias, Weight Norm2, Weight Norm2Bias, Weight Qkv, Weight? QkvBias, Weight Projection, Weight? ProjectionBias,
    Weight Fc1, Weight Fc1Bias, Weight Fc2, Weight Fc2Bias)
{
    internal IEnumerable<Weight> All
        => new[] { Norm1, Norm1Bias, Norm2, Norm2Bias, Qkv, QkvBias, Projection, ProjectionBias, Fc1, Fc1Bias, Fc2, Fc2Bias }
            .OfType<Weight>();
}

/// <summary>All weights of a GPT-NeoX language model, by Hugging Face's names.</summary>
internal sealed class GptNeoXWeights
{
    /// <summary>Asks <paramref name="source"/> for every weight that a model of this configuration has.</summary>
    public GptNeoXWeights(GptNeoXConfig config, WeightSource source)
    {
        var (d, m) = (config.Width, config.MlpWidth);
        Embedding = source("gpt_neox.embed_in.weight", config.VocabularySize, d);
        Blocks = [.. Enumerable.Range(0, config.Depth).Select(layer => Block($"gpt_neox.layers.{layer}."))];
        FinalNorm = source("gpt_neox.final_layer_norm.weight", d);
        FinalNormBias = source("gpt_neox.final_layer_norm.bias", d);
        Head = config.IsHeadTied ? Embedding : source("embed_out.weight", config.VocabularySize, d);

        GptNeoXBlockWeights Block(string at) => new(
            source(at + "input_layernorm.weight", d),
            source(at + "input_layernorm.bias", d),
            source(at + "post_attention_layernorm.weight", d),
            source(at + "post_attention_layernorm.bias", d),
            source(at + "attention.query_key_value.weight", 3 * d, d),
            config.HasAttentionBias ? source(at + "attention.query_key_value.bias", 3 * d) : null,
            source(at + "attention.dense.weight", d, d),
            config.HasAttentionBias ? source(at + "attention.dense.bias", d) : null,
            source(at + "mlp.dense_h_to_4h.weight", m, d),
            source(at + "mlp.dense_h_to_4h.bias", m),
            source(at + "mlp.dense_4h_to_h.weight", d, m),
            source(at + "mlp.dense_4h_to_h.bias", d));
    }

    /// <summary>gpt_neox.embed_in.weight (vocabulary, d).</summary>
    public Weight Embedding { get; }

    /// <summary>The blocks, from the input to the output.</summary>
    public IReadOnlyList<GptNeoXBlockWeights> Blocks { get; }

    /// <summary>gpt_neox.final_layer_norm.weight (d).</summary>
    public Weight FinalNorm { get; }

    /// <summary>gpt_neox.final_layer_norm.bias (d).</summary>
    public Weight FinalNormBias { get; }

    /// <summary>embed_out.weight (vocabulary, d); <see cref="Embedding"/> itself where the head is tied.</summary>
    public Weight Head { get; }

    /// <summary>Every weight once, in the order of the forward pass.</summary>
    public IEnumerable<Weight> All
        => new[] { Embedding }.Concat(Blocks.SelectMany(b => b.All)).Append(FinalNorm).Append(FinalNormBias).Append(Head).Distinct();
}
