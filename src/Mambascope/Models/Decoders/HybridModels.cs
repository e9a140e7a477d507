using System.Text.Json;
using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>Sizes of a small hybrid.</summary>
internal sealed record HybridSizes
{
    /// <summary>Token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream, d; scans have twice as many channels.</summary>
    public required int Width { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Heads of a scan.</summary>
    public required int ScanHeads { get; init; }

    /// <summary>States of a channel.</summary>
    public int StateSize { get; init; } = 64;

    /// <summary>Heads of attention, of d channels in all.</summary>
    public required int AttentionHeads { get; init; }

    /// <summary>Width of the gated MLP behind every mixer.</summary>
    public required int MlpWidth { get; init; }
}

/// <summary>Hybrids of scans and attention in sizes of one's own, to be trained.</summary>
internal static class HybridModels
{
    /// <summary>
    /// Blocks of Mamba-2 and of attention without positions in turn, Mamba-2 first, each followed by a gated MLP: a dense GraniteMoeHybrid
    /// with its factors at 1, and its head tied.
    /// </summary>
    /// <param name="sizes">Sizes.</param>
    /// <param name="weights">Where weights come from.</param>
    /// <exception cref="BadInputException">Sizes that do not go together.</exception>
    public static ILanguageModel ScansAndAttentionInTurn(HybridSizes sizes, WeightSource weights)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        var settings = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["model_type"] = "granitemoehybrid",
            ["vocab_size"] = sizes.VocabularySize,
            ["hidden_size"] = sizes.Width,
            ["num_hidden_layers"] = sizes.Depth,
            ["layer_types"] = Enumerable.Range(0, sizes.Depth).Select(layer => layer % 2 == 0 ? "mamba" : "attention").ToArray(),
            ["mamba_n_heads"] = sizes.ScanHeads,
            ["mamba_d_state"] = sizes.StateSize,
            ["num_attention_heads"] = sizes.AttentionHeads,
            ["attention_multiplier"] = Math.Sqrt(sizes.AttentionHeads / (double)sizes.Width),
            ["shared_intermediate_size"] = sizes.MlpWidth,
            ["num_local_experts"] = 0,
            ["rms_norm_eps"] = 1e-5,
            ["tie_word_embeddings"] = true,
        };
        return Model(new GraniteHybridFamily(), settings, weights);
    }

    /// <summary>
    /// In every block Mamba-2 beside attention with rotary positions, then a gated MLP: a Falcon-H1 with its factors at 1, and its head
    /// tied.
    /// </summary>
    /// <param name="sizes">Sizes.</param>
    /// <param name="weights">Where weights come from.</param>
    /// <exception cref="BadInputException">Sizes that do not go together.</exception>
    public static ILanguageModel ScansBesideAttention(HybridSizes sizes, WeightSource weights)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        var settings = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["model_type"] = "falcon_h1",
            ["vocab_size"] = sizes.VocabularySize,
            ["hidden_size"] = sizes.Width,
            ["num_hidden_layers"] = sizes.Depth,
            ["mamba_d_ssm"] = 2 * sizes.Width,
            ["mamba_n_heads"] = sizes.ScanHeads,
            ["mamba_d_head"] = 2 * sizes.Width / sizes.ScanHeads,
            ["mamba_d_state"] = sizes.StateSize,
            ["mamba_n_groups"] = 1,
            ["mamba_rms_norm"] = true,
            ["mamba_norm_before_gate"] = false,
            ["num_attention_heads"] = sizes.AttentionHeads,
            ["num_key_value_heads"] = sizes.AttentionHeads,
            ["intermediate_size"] = sizes.MlpWidth,
            ["rms_norm_eps"] = 1e-5,
            ["rope_theta"] = 1e4,
            ["tie_word_embeddings"] = true,
        };
        return Model(new FalconH1Family(), settings, weights);
    }

    private static Decoder Model(DecoderFamily family, Dictionary<string, object> settings, WeightSource weights)
        => new(family.Shape(new(ConfigFile.Of("the sizes of the hybrid", ReflectedJson.Element(settings)), tensors: null)), weights);
}
