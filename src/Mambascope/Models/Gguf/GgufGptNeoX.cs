namespace Mambascope.Models;

/// <summary>GPT-NeoX and Pythia in GGUF files ("gptneox"), after llama.cpp's conversion/gpt_neox.py.</summary>
internal static class GgufGptNeoX
{
    private const string Layer = "gpt_neox.layers.{i}.";

    public static GgufArchitecture Architecture { get; } = new(
        "gptneox",
        [
            new("gpt_neox.embed_in.weight", "token_embd.weight"),
            .. Both("gpt_neox.final_layer_norm", "output_norm"),
            new("embed_out.weight", "output.weight"),
            .. Both(Layer + "input_layernorm", "blk.{i}.attn_norm"),
            .. Both(Layer + "post_attention_layernorm", "blk.{i}.ffn_norm"),
            .. Both(Layer + "attention.query_key_value", "blk.{i}.attn_qkv", GgufChange.SortedByKind),
            .. Both(Layer + "attention.dense", "blk.{i}.attn_output"),
            .. Both(Layer + "mlp.dense_h_to_4h", "blk.{i}.ffn_up"),
            .. Both(Layer + "mlp.dense_4h_to_h", "blk.{i}.ffn_down"),
        ],
        keys => new()
        {
            ["model_type"] = "gpt_neox",
            ["hidden_size"] = keys.Whole("embedding_length"),
            ["num_hidden_layers"] = keys.Layers,
            ["intermediate_size"] = keys.Whole("feed_forward_length"),
            ["num_attention_heads"] = keys.Whole("attention.head_count"),
            ["layer_norm_eps"] = keys.Number("attention.layer_norm_epsilon"),
            ["use_parallel_residual"] = keys.Flag("use_parallel_residual", absent: true),
            ["rotary_emb_base"] = keys.Number("rope.freq_base") ?? 10_000,
            ["rotary_pct"] = RotaryShare(keys),
        });

    private static IEnumerable<GgufRule> Both(string to, string from, GgufChange change = GgufChange.None)
        => [new(to + ".weight", from + ".weight", change), new(to + ".bias", from + ".bias", change)];

    // Stored is how many entries of a head turn.
    private static double? RotaryShare(GgufKeys keys)
    {
        var (turned, width) = (keys.Whole("rope.dimension_count"), keys.Whole("embedding_length"));
        var heads = keys.Whole("attention.head_count");
        return width > 0 ? turned * (double?)heads / width : null;
    }
}
