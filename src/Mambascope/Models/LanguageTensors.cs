using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// What the loaders of Mamba language models share: embedding and head under their names, and what a config may not ask for.
/// </summary>
internal static class LanguageTensors
{
    public const string EmbeddingName = "backbone.embeddings.weight";
    public const string HeadName = "lm_head.weight";

    /// <summary>
    /// The embedding (vocabulary, d); its rows win over the config's vocabulary.
    /// </summary>
    public static Weight Embedding(ModelTensors tensors, LanguageLayout layout)
        => tensors.Weight(layout.Embedding, tensors.Shape(layout.Embedding, 2), @as: EmbeddingName);

    /// <summary>The head, or null where it is the embedding: absent, said to be, or equal to it.</summary>
    public static Weight? Head(ModelTensors tensors, Weight embedding, LanguageLayout layout)
    {
        var isSaidToBeTied =
            tensors.Config?.GetBoolean("tie_word_embeddings", absent: false) == true
            || tensors.Config?.GetBoolean("tie_embeddings", absent: false) == true;
        if (!tensors.Has(HeadName))
        {
            RequireTied(tensors, HeadName, "tie_word_embeddings", "tie_embeddings");
            return null;
        }

        var head = tensors.Weight(HeadName, [.. embedding.Shape]);
        return isSaidToBeTied || tensors.AreEqual(HeadName, layout.Embedding) ? null : head;
    }

    /// <summary>Throws where a config says that the head is no embedding, and there is no head.</summary>
    public static void RequireTied(ModelTensors tensors, string head, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (tensors.Config is { } config && !config.GetBoolean(key, absent: true))
            {
                throw new BadInputException(
                    $"{tensors.Checkpoint.Path} has no {head}, and {config.Path} says {key} = false, that it is not the embedding: the "
                        + "file is incomplete");
            }
        }
    }

    /// <summary>
    /// Throws where config.json states a vocabulary that the embedding does not hold. It may hold more: rows are padded to a multiple.
    /// </summary>
    public static void AgreeOnVocabulary(ModelTensors tensors, int rows)
    {
        const int MostPadding = 1024;
        if (
            tensors.Config is { } config
            && config.GetInt32("vocab_size", rows) is var stated
            && (stated > rows || rows - stated > MostPadding))
        {
            throw new BadInputException(
                $"{config.Path} says vocab_size = {stated}, but the embedding of {tensors.Checkpoint.Path} has {rows} rows");
        }
    }

    /// <summary>Refuses what would change the forward pass without leaving a trace in the tensors' names.</summary>
    public static void RefuseOtherParts(ConfigFile? config)
    {
        if (config is null)
        {
            return;
        }

        if (!config.GetBoolean("rms_norm", absent: true))
        {
            throw new BadInputException($"{config.Path}: rms_norm is false; supported are models with RMS norms");
        }

        if (config.GetString("hidden_act", "silu") is not ("silu" or "swish") and var activation)
        {
            throw new BadInputException($"{config.Path}: hidden_act is \"{Printable.Name(activation)}\"; supported is \"silu\"");
        }

        if (config.GetDoubles("attn_layer_idx") is { Length: > 0 } layers)
        {
            throw new BadInputException(
                $"{config.Path}: attn_layer_idx names {layers.Length} attention layers; hybrids of scans and attention are not supported");
        }
    }

    /// <summary>Throws where a section of config.json states another number than the tensors have.</summary>
    public static void Agree(ConfigFile? section, string key, int found, Checkpoint checkpoint)
    {
        if (section is not null && section.GetInt32(key, found) is var stated && stated != found)
        {
            throw new BadInputException($"{section.Path} says {key} = {stated}, the tensors of {checkpoint.Path} say {found}");
        }
    }
}
