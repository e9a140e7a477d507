namespace Mambascope.Models;

/// <summary>Published sizes of decoders, as their config.json files state them.</summary>
internal static class DecoderPresets
{
    /// <summary>Falcon-H1-Tiny-90M (TII 2026).</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> FalconH1 { get; }
        = new Dictionary<string, IReadOnlyDictionary<string, object?>>(StringComparer.Ordinal)
        {
            ["falcon-h1-90m"] = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["model_type"] = "falcon_h1",
                ["hidden_size"] = 512,
                ["intermediate_size"] = 768,
                ["num_hidden_layers"] = 24,
                ["num_attention_heads"] = 8,
                ["num_key_value_heads"] = 2,
                ["head_dim"] = 64,
                ["mamba_d_ssm"] = 768,
                ["mamba_n_heads"] = 24,
                ["mamba_d_head"] = 32,
                ["mamba_n_groups"] = 1,
                ["mamba_d_state"] = 64,
                ["mamba_d_conv"] = 4,
                ["mamba_rms_norm"] = false,
                ["mamba_norm_before_gate"] = false,
                ["rms_norm_eps"] = 1e-5,
                ["rope_theta"] = 1e11,
                ["embedding_multiplier"] = 0.11083984375,
                ["lm_head_multiplier"] = 0.078125,
                ["tie_word_embeddings"] = true,
                ["vocab_size"] = 32768,
            },
        };

    /// <summary>Granite-4.0-H-350M (IBM 2025): attention in layers 10, 13, 17 and 27 of 32.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Granite { get; }
        = new Dictionary<string, IReadOnlyDictionary<string, object?>>(StringComparer.Ordinal)
        {
            ["granite-4.0-h-350m"] = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["model_type"] = "granitemoehybrid",
                ["hidden_size"] = 768,
                ["shared_intermediate_size"] = 2048,
                ["num_hidden_layers"] = 32,
                ["layer_types"] = Enumerable.Range(0, 32).Select(layer => layer is 10 or 13 or 17 or 27 ? "attention" : "mamba").ToArray(),
                ["num_attention_heads"] = 12,
                ["num_key_value_heads"] = 4,
                ["num_local_experts"] = 0,
                ["position_embedding_type"] = "nope",
                ["mamba_n_heads"] = 48,
                ["mamba_d_head"] = 32,
                ["mamba_n_groups"] = 1,
                ["mamba_d_state"] = 128,
                ["mamba_d_conv"] = 4,
                ["rms_norm_eps"] = 1e-5,
                ["attention_multiplier"] = 0.015625,
                ["embedding_multiplier"] = 12.0,
                ["residual_multiplier"] = 0.246,
                ["logits_scaling"] = 3.0,
                ["tie_word_embeddings"] = true,
                ["vocab_size"] = 100352,
            },
        };

    /// <summary>SmolLM-135M (Hugging Face 2024), a Llama.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Llama { get; }
        = new Dictionary<string, IReadOnlyDictionary<string, object?>>(StringComparer.Ordinal)
        {
            ["llama-135m"] = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["model_type"] = "llama",
                ["hidden_size"] = 576,
                ["intermediate_size"] = 1536,
                ["num_hidden_layers"] = 30,
                ["num_attention_heads"] = 9,
                ["num_key_value_heads"] = 3,
                ["rms_norm_eps"] = 1e-5,
                ["rope_theta"] = 10000.0,
                ["tie_word_embeddings"] = true,
                ["vocab_size"] = 49152,
            },
        };
}
