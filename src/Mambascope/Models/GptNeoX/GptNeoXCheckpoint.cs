using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Reads a GPT-NeoX language model from a checkpoint with Hugging Face's names (EleutherAI/pythia-160m). Sizes come from the tensors; the
/// number of heads, the rotary embedding and the kind of residual from config.json.
/// </summary>
internal static class GptNeoXCheckpoint
{
    private const string Block = "gpt_neox.layers.0.";
    private const string EmbeddingName = "gpt_neox.embed_in.weight";
    private const string HeadName = "embed_out.weight";

    // Buffers that older files keep beside the weights: the causal mask and the rotary frequencies.
    private static readonly string[] buffers = [".attention.bias", ".attention.masked_bias", ".attention.rotary_emb.inv_freq"];

    /// <summary>Whether the checkpoint holds tensors of a GPT-NeoX.</summary>
    public static bool Matches(Checkpoint checkpoint) => checkpoint.Tensors.ContainsKey(Block + "attention.query_key_value.weight");

    /// <summary>Loads the model; every tensor is checked for shape and for values that are not numbers.</summary>
    public static GptNeoX Load(Checkpoint checkpoint, ConfigFile? config)
    {
        var tensors = new ModelTensors(checkpoint, config);
        var sizes = Sizes(tensors);
        var weights = new GptNeoXWeights(sizes, (name, shape) => tensors.Weight(name, shape));
        tensors.RefuseUnused("a GPT-NeoX language model", name =>
            buffers.Any(buffer => name.EndsWith(buffer, StringComparison.Ordinal)) || (sizes.IsHeadTied && name == HeadName));
        return new GptNeoX(sizes, weights);
    }

    private static GptNeoXConfig Sizes(ModelTensors tensors)
    {
        var (config, path) = (tensors.Config, tensors.Checkpoint.Path);
        if (config?.GetString("hidden_act", "gelu") is not (null or "gelu") and var activation)
        {
            throw new BadInputException($"{config!.Path}: hidden_act is \"{Printable.Name(activation)}\"; supported is the exact \"gelu\"");
        }

        var embedding = tensors.Shape(EmbeddingName, 2); // (vocabulary, d)
        var assumedHeads = Math.Max(1, embedding[1] / 64);
        var sizes = new GptNeoXConfig
        {
            VocabularySize = embedding[0],
            Width = embedding[1],
            Depth = tensors.Depth("gpt_neox.layers."),
            Heads = config?.GetInt32("num_attention_heads", assumedHeads) ?? assumedHeads,
            MlpWidth = tensors.Shape(Block + "mlp.dense_h_to_4h.weight", 2)[0],
            RotaryShare = config?.GetDouble("rotary_pct", config.GetDouble("partial_rotary_factor", 0.25)) ?? 0.25,
            RotaryBase = config?.GetDouble("rotary_emb_base", config.GetDouble("rope_theta", 10000)) ?? 10000,
            IsParallel = config?.GetBoolean("use_parallel_residual", absent: true) ?? true,
            NormEpsilon = (float)(config?.GetDouble("layer_norm_eps", 1e-5) ?? 1e-5),
            IsHeadTied = !tensors.Has(HeadName) || (config?.GetBoolean("tie_word_embeddings", absent: false) ?? false),
            HasAttentionBias = tensors.Has(Block + "attention.query_key_value.bias"),
        };

        if (!tensors.Has(HeadName))
        {
            LanguageTensors.RequireTied(tensors, HeadName, "tie_word_embeddings");
        }

        tensors.Agree("attention_bias", sizes.HasAttentionBias);
        LanguageTensors.AgreeOnVocabulary(tensors, sizes.VocabularySize);
        tensors.Agree("hidden_size", sizes.Width);
        tensors.Agree("num_hidden_layers", sizes.Depth);
        tensors.Agree("intermediate_size", sizes.MlpWidth);
        if (sizes.Heads < 1 || sizes.Width % sizes.Heads != 0)
        {
            throw new BadInputException(
                $"{config?.Path ?? path}: {sizes.Heads} heads do not divide a width of {sizes.Width}; correct num_attention_heads");
        }

        var rotated = sizes.Width / sizes.Heads * sizes.RotaryShare;
        if (!(rotated >= 0 && rotated <= sizes.Width / sizes.Heads) || (int)rotated % 2 != 0 || !(sizes.RotaryBase > 0))
        {
            throw new BadInputException(
                $"{config?.Path ?? path}: rotary_pct {sizes.RotaryShare} and rotary_emb_base {sizes.RotaryBase} make no rotary embedding "
                    + $"of heads with {sizes.Width / sizes.Heads} channels: an even number of them must turn, by a base above 0");
        }

        return config?.Has("rope_scaling") == true
            ? throw new BadInputException($"{config.Path}: rope_scaling is set; scaled rotary embeddings are not supported")
            : sizes;
    }
}
