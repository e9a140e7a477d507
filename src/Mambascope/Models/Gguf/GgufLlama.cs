namespace Mambascope.Models;

/// <summary>Llama, Mistral and SmolLM in GGUF files ("llama"), after llama.cpp's conversion/llama.py: rows of q and k are interleaved there.</summary>
internal static class GgufLlama
{
    private const string Layer = "model.layers.{i}.";

    public static GgufArchitecture Architecture { get; } = new(
        "llama",
        [
            new("model.embed_tokens.weight", "token_embd.weight"),
            new("model.norm.weight", "output_norm.weight"),
            new("lm_head.weight", "output.weight"),
            new(Layer + "input_layernorm.weight", "blk.{i}.attn_norm.weight"),
            new(Layer + "post_attention_layernorm.weight", "blk.{i}.ffn_norm.weight"),
            new(Layer + "self_attn.q_proj.weight", "blk.{i}.attn_q.weight", GgufChange.TurnedQueries),
            new(Layer + "self_attn.q_proj.bias", "blk.{i}.attn_q.bias", GgufChange.TurnedQueries),
            new(Layer + "self_attn.k_proj.weight", "blk.{i}.attn_k.weight", GgufChange.TurnedKeys),
            new(Layer + "self_attn.k_proj.bias", "blk.{i}.attn_k.bias", GgufChange.TurnedKeys),
            new(Layer + "self_attn.v_proj.weight", "blk.{i}.attn_v.weight"),
            new(Layer + "self_attn.v_proj.bias", "blk.{i}.attn_v.bias"),
            new(Layer + "self_attn.o_proj.weight", "blk.{i}.attn_output.weight"),
            new(Layer + "mlp.gate_proj.weight", "blk.{i}.ffn_gate.weight"),
            new(Layer + "mlp.up_proj.weight", "blk.{i}.ffn_up.weight"),
            new(Layer + "mlp.down_proj.weight", "blk.{i}.ffn_down.weight"),
        ],
        keys => new()
        {
            ["model_type"] = "llama",
            ["hidden_size"] = keys.Whole("embedding_length"),
            ["num_hidden_layers"] = keys.Layers,
            ["intermediate_size"] = keys.Whole("feed_forward_length"),
            ["num_attention_heads"] = keys.Whole("attention.head_count"),
            ["num_key_value_heads"] = keys.Whole("attention.head_count_kv"),
            ["rms_norm_eps"] = keys.Number("attention.layer_norm_rms_epsilon"),
            ["rope_theta"] = keys.Number("rope.freq_base") ?? 10_000,
            ["head_dim"] = keys.Whole("attention.key_length"),
        });
}
