namespace Mambascope.Models;

/// <summary>Published sizes of decoders, as their config.json files state them.</summary>
internal static class DecoderPresets
{
    /// <summary>None yet.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> FalconH1 { get; }
        = new Dictionary<string, IReadOnlyDictionary<string, object?>>(StringComparer.Ordinal);

    /// <summary>None yet.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Granite { get; }
        = new Dictionary<string, IReadOnlyDictionary<string, object?>>(StringComparer.Ordinal);

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
