using System.Text.Json;
using Mambascope.Models;

namespace Mambascope.Training;

/// <summary>
/// Writes a trained byte-level language model as a folder that the library opens: model.safetensors (matrices in half precision, the rest in
/// single) and config.json with Hugging Face's names and <c>"tokenizer": "bytes"</c>.
/// </summary>
public static class LanguageModelFolder
{
    private static readonly JsonSerializerOptions json = new() { WriteIndented = true };

    /// <summary>Writes the folder; the weight file is replaced in one step.</summary>
    public static void Write(string folder, ILanguageModel model)
    {
        Directory.CreateDirectory(folder);
        ModelFolder.WriteWeights(Path.Combine(folder, "model.safetensors"), model);
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(Config(model), json) + "\n");
    }

    private static SortedDictionary<string, object> Config(ILanguageModel model) => model switch
    {
        Mamba { Config: var c } => new(StringComparer.Ordinal)
        {
            ["model_type"] = "mamba",
            ["tokenizer"] = "bytes",
            ["vocab_size"] = c.VocabularySize,
            ["hidden_size"] = c.Width,
            ["num_hidden_layers"] = c.Depth,
            ["intermediate_size"] = c.InnerWidth,
            ["state_size"] = c.StateSize,
            ["conv_kernel"] = c.ConvWidth,
            ["time_step_rank"] = c.DtRank,
            ["layer_norm_epsilon"] = Math.Round(c.NormEpsilon, 12),
            ["use_bias"] = c.HasProjectionBias,
            ["use_conv_bias"] = c.HasConvBias,
            ["tie_word_embeddings"] = c.IsHeadTied,
        },
        Mamba2 { Config: var c } => new(StringComparer.Ordinal)
        {
            ["model_type"] = "mamba2",
            ["tokenizer"] = "bytes",
            ["vocab_size"] = c.VocabularySize,
            ["hidden_size"] = c.Width,
            ["num_hidden_layers"] = c.Depth,
            ["expand"] = c.InnerWidth / c.Width,
            ["num_heads"] = c.Heads,
            ["head_dim"] = c.InnerWidth / c.Heads,
            ["state_size"] = c.StateSize,
            ["n_groups"] = c.Groups,
            ["conv_kernel"] = c.ConvWidth,
            ["layer_norm_epsilon"] = Math.Round(c.NormEpsilon, 12),
            ["use_bias"] = c.HasProjectionBias,
            ["use_conv_bias"] = c.HasConvBias,
            ["tie_word_embeddings"] = c.IsHeadTied,
        },
        GptNeoX { Config: var c } => new(StringComparer.Ordinal)
        {
            ["model_type"] = "gpt_neox",
            ["tokenizer"] = "bytes",
            ["vocab_size"] = c.VocabularySize,
            ["hidden_size"] = c.Width,
            ["num_hidden_layers"] = c.Depth,
            ["num_attention_heads"] = c.Heads,
            ["intermediate_size"] = c.MlpWidth,
            ["rotary_pct"] = c.RotaryShare,
            ["rotary_emb_base"] = c.RotaryBase,
            ["use_parallel_residual"] = c.IsParallel,
            ["layer_norm_eps"] = Math.Round(c.NormEpsilon, 12),
            ["hidden_act"] = "gelu",
            ["attention_bias"] = c.HasAttentionBias,
            ["tie_word_embeddings"] = c.IsHeadTied,
        },
        _ => throw new ArgumentException($"There is no folder layout for a {model.GetType().Name}.", nameof(model)),
    };
}
