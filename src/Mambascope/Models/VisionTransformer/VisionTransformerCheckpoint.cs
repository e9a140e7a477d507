using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Reads a vision transformer from a checkpoint with timm's (and DeiT's) names, or with those of Hugging Face (ViTForImageClassification,
/// DeiTForImageClassification). Sizes come from the tensors; the number of heads from config.json, or d/64 as in all released sizes.
/// </summary>
public static class VisionTransformerCheckpoint
{
    private static readonly string[] huggingFacePrefixes = ["vit.", "deit."];
    private static readonly string[] projections = ["query", "key", "value"];

    /// <summary>Whether the checkpoint holds tensors of a vision transformer.</summary>
    public static bool Matches(Checkpoint checkpoint)
        => checkpoint.Tensors.ContainsKey("blocks.0.attn.qkv.weight") || HuggingFacePrefix(checkpoint) is not null;

    /// <summary>Loads the model; every tensor is checked for shape and for values that are not numbers.</summary>
    public static VisionTransformer Load(Checkpoint checkpoint, ConfigFile? config)
    {
        RefuseDistilled(checkpoint);
        var tensors = new ModelTensors(checkpoint, config);
        var prefix = HuggingFacePrefix(checkpoint);
        var sizes = Sizes(tensors, prefix);
        var weights = new VisionTransformerWeights(sizes, (name, shape) =>
            new Weight(name, prefix is null ? tensors.Read(name, shape) : Read(tensors, prefix, name, shape), shape));
        tensors.RefuseUnused("a vision transformer with pre-norm blocks", $"{prefix}pooler.");
        return new VisionTransformer(sizes, weights);
    }

    private static VisionTransformerConfig Sizes(ModelTensors tensors, string? prefix)
    {
        var (config, path) = (tensors.Config, tensors.Checkpoint.Path);
        if (!tensors.Has(prefix is null ? "head.weight" : "classifier.weight"))
        {
            throw new BadInputException(
                $"{path} has no {(prefix is null ? "head.weight" : "classifier.weight")}: it is a backbone without a classifier, and a "
                    + "decision is what gets explained; add a head or use a fine-tuned checkpoint");
        }

        if (config?.GetString("hidden_act", "gelu") is { } activation && activation is not "gelu")
        {
            throw new BadInputException($"{config.Path}: hidden_act is \"{Printable.Name(activation)}\"; supported is the exact \"gelu\"");
        }

        // (d, channels, P, P).
        var patch = tensors.Shape(prefix is null ? "patch_embed.proj.weight" : Name(prefix, "patch_embed.proj.weight"), 4);
        var mlp = tensors.Shape(prefix is null ? "blocks.0.mlp.fc1.weight" : Name(prefix, "blocks.0.mlp.fc1.weight"), 2); // (m, d)
        var grid = tensors.GridSide(prefix is null ? "pos_embed" : Name(prefix, "pos_embed"), others: 1);
        var sizes = new VisionTransformerConfig
        {
            Width = patch[0],
            Channels = patch[1],
            PatchSize = patch[2],
            ImageSize = grid * patch[2],
            Depth = tensors.Depth(prefix is null ? "blocks." : prefix + "encoder.layer."),
            Heads = config?.GetInt32("num_attention_heads", Math.Max(1, patch[0] / 64)) ?? Math.Max(1, patch[0] / 64),
            MlpWidth = mlp[0],
            Classes = tensors.Shape(prefix is null ? "head.weight" : "classifier.weight", 2)[0],
            NormEpsilon = (float)(config?.GetDouble("layer_norm_eps", Standard()) ?? Standard()),
        };

        tensors.Agree("image_size", sizes.ImageSize);
        tensors.Agree("patch_size", sizes.PatchSize);
        tensors.Agree("num_channels", sizes.Channels);
        tensors.Agree("hidden_size", sizes.Width);
        tensors.Agree("num_hidden_layers", sizes.Depth);
        tensors.Agree("intermediate_size", sizes.MlpWidth);
        if (sizes.Heads < 1 || sizes.Width % sizes.Heads != 0)
        {
            throw new BadInputException(
                $"{config?.Path ?? path}: {sizes.Heads} heads do not divide a width of {sizes.Width}; correct num_attention_heads");
        }

        return sizes;

        double Standard() => prefix is null ? 1e-6 : 1e-12;
    }

    private static void RefuseDistilled(Checkpoint checkpoint)
    {
        if (
            checkpoint.Tensors.Keys.FirstOrDefault(name =>
                name is "dist_token" or "head_dist.weight" || name.EndsWith("distillation_token", StringComparison.Ordinal)
            ) is
            { } name)
        {
            throw new BadInputException(
                $"{checkpoint.Path} has {name}: it is a distilled DeiT, which decides by two tokens and two heads; supported is the plain "
                    + "one (deit_small_patch16_224, not deit_small_distilled_patch16_224)");
        }
    }

    private static string? HuggingFacePrefix(Checkpoint checkpoint)
        => huggingFacePrefixes.FirstOrDefault(prefix =>
            checkpoint.Tensors.ContainsKey(prefix + "encoder.layer.0.attention.attention.query.weight"));

    // Hugging Face keeps q, k and v apart: their rows, one below the other, are timm's qkv.
    private static float[] Read(ModelTensors tensors, string prefix, string name, int[] shape)
    {
        if (!name.Contains(".attn.qkv.", StringComparison.Ordinal))
        {
            return tensors.Read(Name(prefix, name), shape);
        }

        int[] part = [shape[0] / 3, .. shape[1..]];
        return [.. projections.SelectMany(which => tensors.Read(Name(prefix, name).Replace("qkv", which, StringComparison.Ordinal), part))];
    }

    /// <summary>A Hugging Face name from timm's.</summary>
    private static string Name(string prefix, string name)
        => name.StartsWith("head.", StringComparison.Ordinal) ? name.Replace("head.", "classifier.", StringComparison.Ordinal)
        : prefix + name
            .Replace("pos_embed", "embeddings.position_embeddings", StringComparison.Ordinal)
            .Replace("cls_token", "embeddings.cls_token", StringComparison.Ordinal)
            .Replace("patch_embed.proj", "embeddings.patch_embeddings.projection", StringComparison.Ordinal)
            .Replace("blocks.", "encoder.layer.", StringComparison.Ordinal)
            .Replace("norm1", "layernorm_before", StringComparison.Ordinal)
            .Replace("norm2", "layernorm_after", StringComparison.Ordinal)
            .Replace("attn.qkv", "attention.attention.qkv", StringComparison.Ordinal)
            .Replace("attn.proj", "attention.output.dense", StringComparison.Ordinal)
            .Replace("mlp.fc1", "intermediate.dense", StringComparison.Ordinal)
            .Replace("mlp.fc2", "output.dense", StringComparison.Ordinal) switch
        {
            "norm.weight" => "layernorm.weight",
            "norm.bias" => "layernorm.bias",
            var other => other,
        };
}
