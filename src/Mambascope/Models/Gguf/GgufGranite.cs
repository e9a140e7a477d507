namespace Mambascope.Models;

/// <summary>
/// Granite 4 ("granitehybrid", without scans "granite") and Bamba (also "granitehybrid", but without Granite's four scalars) in GGUF files,
/// after llama.cpp's conversion/granite.py. Rows of q and k are interleaved.
/// </summary>
internal static class GgufGranite
{
    private const string Layer = "model.layers.{i}.";

    private static readonly string[] scalars = ["embedding_scale", "residual_scale", "logit_scale", "attention.scale"];

    private static readonly GgufRule[] shared =
    [
        new("model.embed_tokens.weight", "token_embd.weight"),
        new("lm_head.weight", "output.weight"),
        new(Layer + "input_layernorm.weight", "blk.{i}.attn_norm.weight"),
        .. GgufParts.Mamba2(Layer + "mamba."),
        .. GgufParts.Attention(Layer + "self_attn.", isTurned: true),
    ];

    // A dense file has the one MLP under the plain names, a mixture its shared one under those of a shared expert.
    private static readonly GgufRule[] granite =
    [
        .. shared,
        new("model.norm.weight", "output_norm.weight"),
        new(Layer + "post_attention_layernorm.weight", "blk.{i}.ffn_norm.weight"),
        new(Layer + "shared_mlp.input_linear.weight", ["blk.{i}.ffn_gate.weight", "blk.{i}.ffn_up.weight"]),
        new(Layer + "shared_mlp.output_linear.weight", "blk.{i}.ffn_down.weight"),
        new(Layer + "shared_mlp.input_linear.weight", ["blk.{i}.ffn_gate_shexp.weight", "blk.{i}.ffn_up_shexp.weight"]),
        new(Layer + "shared_mlp.output_linear.weight", "blk.{i}.ffn_down_shexp.weight"),
        new(Layer + "block_sparse_moe.router.layer.weight", "blk.{i}.ffn_gate_inp.weight"),
        new(Layer + "block_sparse_moe.input_linear.weight", ["blk.{i}.ffn_gate_exps.weight", "blk.{i}.ffn_up_exps.weight"]),
        new(Layer + "block_sparse_moe.output_linear.weight", "blk.{i}.ffn_down_exps.weight"),
    ];

    /// <summary>Granite-4.0-H.</summary>
    public static GgufArchitecture Hybrid { get; }
        = new("granitehybrid", granite, keys => Config(keys, keys.AttentionLayers(), Positions(keys)));

    /// <summary>Granite without scans.</summary>
    public static GgufArchitecture Attention { get; }
        = new("granite", granite, keys => Config(keys, [.. Enumerable.Range(0, keys.Layers)], "rope"));

    /// <summary>Bamba.</summary>
    public static GgufArchitecture Bamba { get; } = new(
        "granitehybrid",
        [
            .. shared,
            new("model.final_layernorm.weight", "output_norm.weight"),
            new(Layer + "pre_ff_layernorm.weight", "blk.{i}.ffn_norm.weight"),
            .. GgufParts.GatedMlp(Layer + "feed_forward."),
        ],
        keys => GgufParts.Joined(GgufParts.Sizes(keys), GgufParts.Mamba2Sizes(keys), new()
        {
            ["model_type"] = "bamba",
            ["intermediate_size"] = keys.Whole("feed_forward_length"),
            ["attn_layer_indices"] = keys.AttentionLayers(),
            ["rope_theta"] = keys.Number("rope.freq_base"),
        }))
    {
        Where = keys => !scalars.Any(keys.Has),
    };

    private static string Positions(GgufKeys keys) => keys.Flag("rope.scaling.finetuned", absent: true) ? "rope" : "nope";

    private static Dictionary<string, object?> Config(GgufKeys keys, int[] attention, string positions)
        => GgufParts.Joined(GgufParts.Sizes(keys), GgufParts.Mamba2Sizes(keys), new()
        {
            ["model_type"] = "granitemoehybrid",
            ["layer_types"] = Enumerable.Range(0, keys.Layers).Select(layer => attention.Contains(layer) ? "attention" : "mamba").ToArray(),
            ["position_embedding_type"] = positions,
            ["rope_theta"] = keys.Number("rope.freq_base"),
            ["embedding_multiplier"] = keys.Number("embedding_scale"),
            ["residual_multiplier"] = keys.Number("residual_scale"),
            ["logits_scaling"] = keys.Number("logit_scale"),
            ["attention_multiplier"] = Scale(keys),
            ["num_local_experts"] = keys.Whole("expert_count") ?? 0,
            ["num_experts_per_tok"] = keys.Whole("expert_used_count"),
            ["intermediate_size"] = keys.Most("feed_forward_length"),
            ["shared_intermediate_size"] = keys.Whole("expert_shared_feed_forward_length") ?? keys.Most("feed_forward_length"),
        });

    // Absent or 0: one over the root of a head's channels.
    private static double? Scale(GgufKeys keys)
    {
        var channels = keys.Whole("attention.key_length") ?? keys.Ratio("embedding_length", "attention.head_count");
        return keys.Number("attention.scale") is { } scale && scale != 0 ? scale : channels > 0 ? 1 / Math.Sqrt(channels.Value) : null;
    }
}
