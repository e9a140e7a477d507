namespace Mambascope.Models;

/// <summary>Jamba in GGUF files ("jamba"), after llama.cpp's conversion/jamba.py. Experts are stacked.</summary>
internal static class GgufJamba
{
    private const string Layer = "model.layers.{i}.", Mixer = Layer + "mamba.";

    public static GgufArchitecture Architecture { get; } = new(
        "jamba",
        [
            new("model.embed_tokens.weight", "token_embd.weight"),
            new("model.final_layernorm.weight", "output_norm.weight"),
            new("lm_head.weight", "output.weight"),
            new(Layer + "input_layernorm.weight", "blk.{i}.attn_norm.weight"),
            new(Layer + "pre_ff_layernorm.weight", "blk.{i}.ffn_norm.weight"),
            new(Mixer + "in_proj.weight", "blk.{i}.ssm_in.weight"),
            .. GgufParts.Convolution(Mixer),
            new(Mixer + "x_proj.weight", "blk.{i}.ssm_x.weight"),
            .. GgufParts.WithBias(Mixer + "dt_proj", "blk.{i}.ssm_dt"),
            new(Mixer + "dt_layernorm.weight", "blk.{i}.ssm_dt_norm.weight"),
            new(Mixer + "b_layernorm.weight", "blk.{i}.ssm_b_norm.weight"),
            new(Mixer + "c_layernorm.weight", "blk.{i}.ssm_c_norm.weight"),
            .. GgufParts.Decay(Mixer),
            new(Mixer + "out_proj.weight", "blk.{i}.ssm_out.weight"),
            .. GgufParts.Attention(Layer + "self_attn.", isTurned: false),
            .. GgufParts.GatedMlp(Layer + "feed_forward."),
            new(Layer + "feed_forward.router.weight", "blk.{i}.ffn_gate_inp.weight"),
            new(Layer + "feed_forward.experts.gate_up_proj", ["blk.{i}.ffn_gate_exps.weight", "blk.{i}.ffn_up_exps.weight"]),
            new(Layer + "feed_forward.experts.down_proj", "blk.{i}.ffn_down_exps.weight"),
        ],
        keys =>
        {
            var attention = GgufParts.Rhythm(keys, keys.AttentionLayers(), "attention stands");
            var mixtures = Enumerable.Range(0, keys.Layers).Where(layer => keys.HasTensor(layer, "ffn_gate_inp.weight")).ToArray();
            var experts = GgufParts.Rhythm(keys, mixtures, "experts stand");
            return GgufParts.Joined(GgufParts.Sizes(keys), new()
            {
                ["model_type"] = "jamba",
                ["intermediate_size"] = keys.Whole("feed_forward_length"),
                ["attn_layer_period"] = attention.Period,
                ["attn_layer_offset"] = attention.Offset,
                ["expert_layer_period"] = experts.Period,
                ["expert_layer_offset"] = experts.Offset,
                ["num_experts"] = keys.Whole("expert_count") ?? 1,
                ["num_experts_per_tok"] = keys.Whole("expert_used_count"),
                ["mamba_d_state"] = keys.Whole("ssm.state_size"),
                ["mamba_d_conv"] = keys.Whole("ssm.conv_kernel"),
                ["mamba_dt_rank"] = keys.Whole("ssm.time_step_rank"),
                ["mamba_expand"] = keys.Ratio("ssm.inner_size", "embedding_length"),
            });
        });
}
