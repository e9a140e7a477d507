namespace Mambascope.Models;

/// <summary>
/// Falcon-H1 in GGUF files ("falcon-h1"), after llama.cpp's conversion/falcon_h1.py. The multipliers are in the weights, so config.json has
/// none. Whether the norm stands before the gate is not stored; llama.cpp runs it behind.
/// </summary>
internal static class GgufFalconH1
{
    private const string Layer = "model.layers.{i}.";

    public static GgufArchitecture Architecture { get; } = new(
        "falcon-h1",
        [
            new("model.embed_tokens.weight", "token_embd.weight"),
            new("model.final_layernorm.weight", "output_norm.weight"),
            new("lm_head.weight", "output.weight"),
            new(Layer + "input_layernorm.weight", "blk.{i}.attn_norm.weight"),
            new(Layer + "pre_ff_layernorm.weight", "blk.{i}.ffn_norm"), // the converter's name
            new(Layer + "pre_ff_layernorm.weight", "blk.{i}.ffn_norm.weight"),
            .. GgufParts.Mamba2(Layer + "mamba."),
            .. GgufParts.Attention(Layer + "self_attn.", isTurned: false),
            .. GgufParts.GatedMlp(Layer + "feed_forward."),
        ],
        keys => GgufParts.Joined(GgufParts.Sizes(keys), GgufParts.Mamba2Sizes(keys), new()
        {
            ["model_type"] = "falcon_h1",
            ["intermediate_size"] = keys.Whole("feed_forward_length"),
            ["mamba_d_ssm"] = keys.Whole("ssm.inner_size"),
            ["mamba_rms_norm"] = keys.HasTensor(0, "ssm_norm.weight"),
            ["mamba_norm_before_gate"] = false,
            ["mamba_conv_bias"] = keys.HasTensor(0, "ssm_conv1d.bias"),
            ["rope_theta"] = keys.Number("rope.freq_base"),
        }));
}
