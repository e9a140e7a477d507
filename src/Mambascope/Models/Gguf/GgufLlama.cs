namespace Mambascope.Models;

/// <summary>
/// Llama, Mistral and SmolLM ("llama") and Qwen2 ("qwen2") in GGUF files, after llama.cpp's conversion/llama.py and qwen.py.
/// </summary>
internal static class GgufLlama
{
    private const string Layer = "model.layers.{i}.";

    /// <summary>"llama".</summary>
    public static GgufArchitecture Llama { get; }
        = new("llama", Rules(isTurned: true), keys => new(Config(keys)) { ["model_type"] = "llama" });

    /// <summary>"qwen2": the same names, rows as they were, biases on q, k and v.</summary>
    public static GgufArchitecture Qwen2 { get; }
        = new("qwen2", Rules(isTurned: false), keys => new(Config(keys)) { ["model_type"] = "qwen2" });

    private static GgufRule[] Rules(bool isTurned) =>
    [
        new("model.embed_tokens.weight", "token_embd.weight"),
        new("model.norm.weight", "output_norm.weight"),
        new("lm_head.weight", "output.weight"),
        new(Layer + "input_layernorm.weight", "blk.{i}.attn_norm.weight"),
        new(Layer + "post_attention_layernorm.weight", "blk.{i}.ffn_norm.weight"),
        .. GgufParts.Attention(Layer + "self_attn.", isTurned),
        .. GgufParts.GatedMlp(Layer + "mlp."),
    ];

    private static Dictionary<string, object?> Config(GgufKeys keys) => new()
    {
        ["hidden_size"] = keys.Whole("embedding_length"),
        ["num_hidden_layers"] = keys.Layers,
        ["intermediate_size"] = keys.Whole("feed_forward_length"),
        ["num_attention_heads"] = keys.Whole("attention.head_count"),
        ["num_key_value_heads"] = keys.Whole("attention.head_count_kv"),
        ["rms_norm_eps"] = keys.Number("attention.layer_norm_rms_epsilon"),
        ["rope_theta"] = keys.Number("rope.freq_base") ?? 10_000,
        ["head_dim"] = keys.Whole("attention.key_length"),
    };
}
