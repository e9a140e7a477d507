namespace Mambascope.Models;

/// <summary>Mamba, Falcon-Mamba and Mamba-2 in GGUF files ("mamba", "mamba2"), after llama.cpp's conversion/mamba.py.</summary>
internal static class GgufMamba
{
    private const string Layer = "backbone.layers.{i}.", Mixer = Layer + "mixer.";

    private static readonly GgufRule[] shared =
    [
        new("backbone.embeddings.weight", "token_embd.weight"),
        new("backbone.norm_f.weight", "output_norm.weight"),
        new("lm_head.weight", "output.weight"),
        new(Layer + "norm.weight", "blk.{i}.attn_norm.weight"),
        new(Mixer + "in_proj.weight", "blk.{i}.ssm_in.weight"),
        new(Mixer + "conv1d.weight", "blk.{i}.ssm_conv1d.weight", GgufChange.SqueezedMiddle),
        new(Mixer + "conv1d.bias", "blk.{i}.ssm_conv1d.bias"),
        new(Mixer + "A_log", "blk.{i}.ssm_a", GgufChange.DecayOfLog),
        new(Mixer + "D", "blk.{i}.ssm_d", GgufChange.Reshaped),
        new(Mixer + "out_proj.weight", "blk.{i}.ssm_out.weight"),
    ];

    /// <summary>
    /// "mamba". With ssm.dt_b_c_rms it is Falcon-Mamba, whose second epsilon is not stored: the released models' is the reader's own.
    /// </summary>
    public static GgufArchitecture First { get; } = new(
        "mamba",
        [
            .. shared,
            new(Mixer + "x_proj.weight", "blk.{i}.ssm_x.weight"),
            new(Mixer + "dt_proj.weight", "blk.{i}.ssm_dt.weight"),
            new(Mixer + "dt_proj.bias", "blk.{i}.ssm_dt.bias"),
        ],
        keys => new(Sizes(keys))
        {
            ["model_type"] = keys.Flag("ssm.dt_b_c_rms", absent: false) ? "falcon_mamba" : "mamba",
        });

    /// <summary>
    /// "mamba2", where ssm.time_step_rank is the number of heads. The norm runs over each group, as in the original release.
    /// </summary>
    public static GgufArchitecture Second { get; } = new(
        "mamba2",
        [
            .. shared,
            new(Mixer + "dt_bias", "blk.{i}.ssm_dt.bias"),
            new(Mixer + "norm.weight", "blk.{i}.ssm_norm.weight", GgufChange.Reshaped),
        ],
        keys => new(Sizes(keys))
        {
            ["model_type"] = "mamba2",
            ["num_heads"] = keys.Whole("ssm.time_step_rank"),
            ["n_groups"] = keys.Whole("ssm.group_count") ?? 1,
            ["ssm_cfg"] = new Dictionary<string, object?> { ["ngroups"] = keys.Whole("ssm.group_count") ?? 1 },
        });

    private static Dictionary<string, object?> Sizes(GgufKeys keys) => new()
    {
        ["hidden_size"] = keys.Whole("embedding_length"),
        ["num_hidden_layers"] = keys.Layers,
        ["intermediate_size"] = keys.Whole("ssm.inner_size"),
        ["state_size"] = keys.Whole("ssm.state_size"),
        ["conv_kernel"] = keys.Whole("ssm.conv_kernel"),
        ["layer_norm_epsilon"] = keys.Number("attention.layer_norm_rms_epsilon"),
    };
}
