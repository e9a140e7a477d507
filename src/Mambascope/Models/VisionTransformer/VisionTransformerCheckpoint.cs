using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Reads a vision transformer from a checkpoint with timm's (and DeiT's) names, with those of Hugging Face (ViTForImageClassification,
/// DeiTForImageClassification) or of torchvision. Sizes come from the tensors; the number of heads from config.json, or d/64 as in all
/// released sizes.
/// </summary>
internal static class VisionTransformerCheckpoint
{
    /// <summary>Whether the checkpoint holds tensors of a vision transformer.</summary>
    public static bool Matches(Checkpoint checkpoint)
        => VisionTransformerLayout.Of(checkpoint) is not null;

    /// <summary>Loads the model; every tensor is checked for shape and for values that are not numbers.</summary>
    public static VisionTransformer Load(Checkpoint checkpoint, ConfigFile? config)
    {
        RefuseDistilled(checkpoint);
        var tensors = new ModelTensors(checkpoint, config);
        var layout = VisionTransformerLayout.Of(checkpoint)
            ?? throw new BadInputException($"{checkpoint.Path} holds no layers of a vision transformer");
        var sizes = Sizes(tensors, layout);
        var weights = new VisionTransformerWeights(sizes, (name, shape) => new Weight(name, Read(tensors, layout, name, shape), shape));
        tensors.RefuseUnused("a vision transformer with pre-norm blocks", layout.Ignored);
        return new VisionTransformer(sizes, weights);
    }

    private static VisionTransformerConfig Sizes(ModelTensors tensors, VisionTransformerLayout layout)
    {
        var (config, path) = (tensors.Config, tensors.Checkpoint.Path);
        if (!tensors.Has(layout.Head))
        {
            throw new BadInputException(
                $"{path} has no {layout.Head}: it is a backbone without a classifier, and a "
                    + "decision is what gets explained; add a head or use a fine-tuned checkpoint");
        }

        if (config?.GetString("hidden_act", "gelu") is { } activation && activation is not "gelu")
        {
            throw new BadInputException($"{config.Path}: hidden_act is \"{Printable.Name(activation)}\"; supported is the exact \"gelu\"");
        }

        // (d, channels, P, P).
        var patch = tensors.Shape(layout.Stored("patch_embed.proj.weight"), 4);
        var mlp = tensors.Shape(layout.Stored("blocks.0.mlp.fc1.weight"), 2); // (m, d)
        var grid = tensors.GridSide(layout.Stored("pos_embed"), others: 1);
        var sizes = new VisionTransformerConfig
        {
            Width = patch[0],
            Channels = patch[1],
            PatchSize = patch[2],
            ImageSize = grid * patch[2],
            Depth = tensors.Depth(layout.Layers),
            Heads = config?.GetInt32("num_attention_heads", Math.Max(1, patch[0] / 64)) ?? Math.Max(1, patch[0] / 64),
            MlpWidth = mlp[0],
            Classes = tensors.Shape(layout.Head, 2)[0],
            NormEpsilon = (float)(config?.GetDouble("layer_norm_eps", layout.NormEpsilon) ?? layout.NormEpsilon),
        };

        tensors.Agree("image_size", sizes.ImageSize);
        tensors.Agree("patch_size", sizes.PatchSize);
        tensors.Agree("num_channels", sizes.Channels);
        tensors.Agree("hidden_size", sizes.Width);
        tensors.Agree("num_hidden_layers", sizes.Depth);
        tensors.Agree("intermediate_size", sizes.MlpWidth);
        tensors.Agree("num_labels", sizes.Classes);
        tensors.Agree("num_classes", sizes.Classes);
        if (sizes.Heads < 1 || sizes.Width % sizes.Heads != 0)
        {
            throw new BadInputException(
                $"{config?.Path ?? path}: {sizes.Heads} heads do not divide a width of {sizes.Width}; correct num_attention_heads");
        }

        return sizes;
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

    // Where q, k and v are kept apart, their rows, one below the other, are timm's qkv.
    private static float[] Read(ModelTensors tensors, VisionTransformerLayout layout, string name, int[] shape)
    {
        var parts = layout.Parts(name);
        int[] part = [shape[0] / parts.Length, .. shape[1..]];
        return parts.Length == 1 ? tensors.Read(parts[0], shape) : [.. parts.SelectMany(one => tensors.Read(one, part))];
    }
}
