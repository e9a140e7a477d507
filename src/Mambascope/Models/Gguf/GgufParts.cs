namespace Mambascope.Models;

/// <summary>Tables of the parts that several kinds of network share.</summary>
internal static class GgufParts
{
    /// <summary>q, k, v and o.</summary>
    /// <param name="to">What stands before their names.</param>
    /// <param name="isTurned">Whether rows of q and k were interleaved.</param>
    public static IEnumerable<GgufRule> Attention(string to, bool isTurned)
        =>
        [
            .. WithBias(to + "q_proj", "blk.{i}.attn_q", isTurned ? GgufChange.TurnedQueries : GgufChange.None),
            .. WithBias(to + "k_proj", "blk.{i}.attn_k", isTurned ? GgufChange.TurnedKeys : GgufChange.None),
            .. WithBias(to + "v_proj", "blk.{i}.attn_v"),
            .. WithBias(to + "o_proj", "blk.{i}.attn_output"),
        ];

    /// <summary>The mixer of Mamba-2.</summary>
    public static IEnumerable<GgufRule> Mamba2(string to) =>
    [
        .. WithBias(to + "in_proj", "blk.{i}.ssm_in"),
        .. Convolution(to),
        new(to + "dt_bias", "blk.{i}.ssm_dt.bias"),
        .. Decay(to),
        new(to + "norm.weight", "blk.{i}.ssm_norm.weight", GgufChange.Reshaped),
        .. WithBias(to + "out_proj", "blk.{i}.ssm_out"),
    ];

    /// <summary>conv1d.</summary>
    public static IEnumerable<GgufRule> Convolution(string to) =>
    [
        new(to + "conv1d.weight", "blk.{i}.ssm_conv1d.weight", GgufChange.SqueezedMiddle),
        new(to + "conv1d.bias", "blk.{i}.ssm_conv1d.bias"),
    ];

    /// <summary>A_log and D.</summary>
    public static IEnumerable<GgufRule> Decay(string to) =>
    [
        new(to + "A_log", "blk.{i}.ssm_a", GgufChange.DecayOfLog),
        new(to + "D", "blk.{i}.ssm_d", GgufChange.Reshaped),
    ];

    /// <summary>gate, up and down.</summary>
    public static IEnumerable<GgufRule> GatedMlp(string to)
        =>
        [
            .. WithBias(to + "gate_proj", "blk.{i}.ffn_gate"),
            .. WithBias(to + "up_proj", "blk.{i}.ffn_up"),
            .. WithBias(to + "down_proj", "blk.{i}.ffn_down"),
        ];

    /// <summary>A matrix and its bias, which need not be there.</summary>
    public static IEnumerable<GgufRule> WithBias(string to, string from, GgufChange change = GgufChange.None)
        => [new(to + ".weight", from + ".weight", change), new(to + ".bias", from + ".bias", change)];

    /// <summary>
    /// Sizes of a Mamba-2 mixer by the names of Falcon-H1, Granite and Bamba, where ssm.time_step_rank is the number of heads.
    /// </summary>
    public static Dictionary<string, object?> Mamba2Sizes(GgufKeys keys) => new()
    {
        ["mamba_n_heads"] = keys.Whole("ssm.time_step_rank"),
        ["mamba_d_head"] = keys.Ratio("ssm.inner_size", "ssm.time_step_rank"),
        ["mamba_n_groups"] = keys.Whole("ssm.group_count") ?? 1,
        ["mamba_d_state"] = keys.Whole("ssm.state_size"),
        ["mamba_d_conv"] = keys.Whole("ssm.conv_kernel"),
        ["mamba_expand"] = keys.Ratio("ssm.inner_size", "embedding_length"),
    };

    /// <summary>Sizes that all decoders have.</summary>
    public static Dictionary<string, object?> Sizes(GgufKeys keys) => new()
    {
        ["hidden_size"] = keys.Whole("embedding_length"),
        ["num_hidden_layers"] = keys.Layers,
        ["num_attention_heads"] = keys.Most("attention.head_count"),
        ["num_key_value_heads"] = keys.Most("attention.head_count_kv"),
        ["head_dim"] = keys.Whole("attention.key_length"),
        ["rms_norm_eps"] = keys.Number("attention.layer_norm_rms_epsilon"),
    };

    /// <summary>Several tables of a config as one.</summary>
    public static Dictionary<string, object?> Joined(params IEnumerable<Dictionary<string, object?>> tables)
        => new(tables.SelectMany(table => table), StringComparer.Ordinal);

    /// <summary>Period and offset of layers at equal distances.</summary>
    /// <param name="keys">For messages.</param>
    /// <param name="found">The layers, in order.</param>
    /// <param name="what">What they hold, for messages.</param>
    public static (int Period, int Offset) Rhythm(GgufKeys keys, int[] found, string what)
    {
        if (found.Length == 0)
        {
            return (keys.Layers + 1, keys.Layers);
        }

        var period = found.Length == 1 ? Math.Max(found[0] + 1, keys.Layers - found[0]) : found[1] - found[0];
        return found.SequenceEqual(Enumerable.Range(0, keys.Layers).Where(layer => layer % period == found[0]))
            ? (period, found[0])
            : throw keys.Error($"{what} in layers {string.Join(", ", found.Take(12))}, expected them at equal distances");
    }
}
