namespace Mambascope.Models;

/// <summary>
/// Nemotron-H ("nemotron_h", with experts "nemotron_h_moe") in GGUF files, after llama.cpp's conversion/nemotron.py. Every layer has one
/// mixer of one kind. Rows of q and k are interleaved, without effect, since there are no positions.
/// </summary>
internal static class GgufNemotronH
{
    private const string Layer = "backbone.layers.{i}.", Mixer = Layer + "mixer.";

    private static readonly GgufRule[] rules =
    [
        new("backbone.embeddings.weight", "token_embd.weight"),
        new("backbone.norm_f.weight", "output_norm.weight"),
        new("lm_head.weight", "output.weight"),
        new(Layer + "norm.weight", "blk.{i}.attn_norm.weight"),
        .. GgufParts.Mamba2(Mixer),
        .. GgufParts.Attention(Mixer, isTurned: true),
        .. GgufParts.WithBias(Mixer + "up_proj", "blk.{i}.ffn_up"),
        .. GgufParts.WithBias(Mixer + "down_proj", "blk.{i}.ffn_down"),
        new(Mixer + "gate.weight", "blk.{i}.ffn_gate_inp.weight"),
        new(Mixer + "gate.e_score_correction_bias", "blk.{i}.exp_probs_b.bias"),
        new(Mixer + "experts.up_proj", "blk.{i}.ffn_up_exps.weight"),
        new(Mixer + "experts.down_proj", "blk.{i}.ffn_down_exps.weight"),
        new(Mixer + "shared_experts.up_proj.weight", "blk.{i}.ffn_up_shexp.weight"),
        new(Mixer + "shared_experts.down_proj.weight", "blk.{i}.ffn_down_shexp.weight"),
    ];

    public static GgufArchitecture Dense { get; } = new("nemotron_h", rules, Config);

    public static GgufArchitecture Mixture { get; } = new("nemotron_h_moe", rules, Config);

    private static Dictionary<string, object?> Config(GgufKeys keys) => new()
    {
        ["model_type"] = "nemotron_h",
        ["hidden_size"] = keys.Whole("embedding_length"),
        ["num_hidden_layers"] = keys.Layers,
        ["hybrid_override_pattern"] = Pattern(keys),
        ["num_attention_heads"] = keys.Most("attention.head_count"),
        ["num_key_value_heads"] = keys.Most("attention.head_count_kv"),
        ["head_dim"] = keys.Whole("attention.key_length"),
        ["intermediate_size"] = keys.Most("feed_forward_length"),
        ["layer_norm_epsilon"] = keys.Number("attention.layer_norm_rms_epsilon") ?? keys.Number("attention.layer_norm_epsilon"),
        ["mamba_num_heads"] = keys.Whole("ssm.time_step_rank"),
        ["mamba_head_dim"] = keys.Ratio("ssm.inner_size", "ssm.time_step_rank"),
        ["n_groups"] = keys.Whole("ssm.group_count"),
        ["ssm_state_size"] = keys.Whole("ssm.state_size"),
        ["conv_kernel"] = keys.Whole("ssm.conv_kernel"),
        ["n_routed_experts"] = keys.Whole("expert_count"),
        ["num_experts_per_tok"] = keys.Whole("expert_used_count"),
        ["moe_intermediate_size"] = keys.Whole("expert_feed_forward_length"),
        ["moe_shared_expert_intermediate_size"] = keys.Whole("expert_shared_feed_forward_length"),
        ["n_group"] = keys.Whole("expert_group_count"),
        ["topk_group"] = keys.Whole("expert_group_used_count"),
        ["norm_topk_prob"] = keys.Has("expert_weights_norm") ? keys.Flag("expert_weights_norm", absent: true) : null,
        ["routed_scaling_factor"] = keys.Number("expert_weights_scale"),
    };

    // One letter a layer: M scan, * attention, - MLP, E experts.
    private static string Pattern(GgufKeys keys)
    {
        var (heads, widths) = (keys.PerLayer("attention.head_count_kv"), keys.PerLayer("feed_forward_length"));
        return string.Concat(heads.Select((count, layer) => HasExperts(layer) ? 'E' : widths[layer] > 0 ? '-' : count > 0 ? '*' : 'M'));

        bool HasExperts(int layer) => keys.HasTensor(layer, "ffn_gate_inp.weight");
    }
}
