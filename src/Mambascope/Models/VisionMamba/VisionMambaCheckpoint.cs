using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Reads a Vision Mamba from a checkpoint with the names of the released models. Sizes come from the tensors; a config.json, where
/// there is one, settles what shapes cannot tell (stride, place of the class token, halving of the directions) and must agree with the
/// rest.
/// </summary>
internal static class VisionMambaCheckpoint
{
    /// <summary>Whether the checkpoint holds tensors of a Vision Mamba.</summary>
    public static bool Matches(Checkpoint checkpoint)
        => checkpoint.Tensors.ContainsKey("layers.0.mixer.A_b_log")
        || (checkpoint.Tensors.ContainsKey("patch_embed.proj.weight") && checkpoint.Tensors.ContainsKey("layers.0.mixer.in_proj.weight"));

    /// <summary>Loads the model; every tensor is checked for shape and for values that are not numbers.</summary>
    public static VisionMamba Load(Checkpoint checkpoint, ConfigFile? config)
    {
        var sizes = Sizes(checkpoint, config);
        var tensors = new ModelTensors(checkpoint, config);
        var weights = new VisionMambaWeights(sizes, (name, shape) => tensors.Weight(name, shape));
        tensors.RefuseUnused("a bidirectional (v2) Vision Mamba with RMS norms");
        return new VisionMamba(sizes, weights);
    }

    /// <summary>Sizes from the tensors' shapes and the config.</summary>
    public static VisionMambaConfig Sizes(Checkpoint checkpoint, ConfigFile? config)
    {
        if (!checkpoint.Tensors.ContainsKey("head.weight"))
        {
            throw new BadInputException(
                $"{checkpoint.Path} has no head.weight: it is a backbone without a classifier, and a decision is what gets explained; add "
                    + "a head or use a fine-tuned checkpoint");
        }

        var tensors = new ModelTensors(checkpoint, config);
        var patch = tensors.Shape("patch_embed.proj.weight", 4); // (d, channels, P, P)
        var inProj = tensors.Shape("layers.0.mixer.in_proj.weight", 2); // (2E, d)
        var positions = tensors.Shape("pos_embed", 3); // (1, L, d)
        var hasClassToken = tensors.Has("cls_token");
        var patchSize = patch[2];
        var grid = tensors.GridSide("pos_embed", hasClassToken ? 1 : 0);
        // Shapes do not tell the stride. As released: patches touch, but a 27 x 27 grid of 16-pixel patches is 224 pixels at stride 8.
        var (assumedImage, assumedStride) = (grid, patchSize) == (27, 16) ? (224, 8) : (grid * patchSize, patchSize);
        var sizes = new VisionMambaConfig
        {
            Width = patch[0],
            Channels = patch[1],
            PatchSize = patchSize,
            ImageSize = config?.GetInt32("image_size", assumedImage) ?? assumedImage,
            Stride = config?.GetInt32("stride", assumedStride) ?? assumedStride,
            Depth = tensors.Depth("layers."),
            InnerWidth = inProj[0] / 2,
            StateSize = tensors.Shape("layers.0.mixer.A_log", 2)[1],
            ConvWidth = tensors.Shape("layers.0.mixer.conv1d.weight", 3)[2],
            DtRank = tensors.Shape("layers.0.mixer.dt_proj.weight", 2)[1],
            Classes = tensors.Shape("head.weight", 2)[0],
            ClassToken = ClassToken(),
            HalveDirections = config?.GetBoolean("if_divide_out", absent: true) ?? true,
            NormEpsilon = (float)(config?.GetDouble("layer_norm_epsilon", 1e-5) ?? 1e-5),
        };

        tensors.Agree("hidden_size", sizes.Width);
        tensors.Agree("num_hidden_layers", sizes.Depth);
        tensors.Agree("state_size", sizes.StateSize);
        tensors.Agree("patch_size", sizes.PatchSize);
        tensors.Agree("num_channels", sizes.Channels);
        tensors.Agree("num_labels", sizes.Classes);
        if (sizes.Stride < 1 || sizes.ImageSize < sizes.PatchSize)
        {
            throw new BadInputException(
                $"{config?.Path ?? checkpoint.Path}: image size {sizes.ImageSize} and stride {sizes.Stride} do not go with patches of "
                    + $"{sizes.PatchSize} pixels; correct image_size or stride");
        }

        if (sizes.Length != positions[1])
        {
            throw new BadInputException(
                $"{checkpoint.Path}: pos_embed has {positions[1]} tokens, but image size {sizes.ImageSize}, patch size {sizes.PatchSize} "
                    + $"and stride {sizes.Stride} make {sizes.Length}; correct image_size or stride in config.json");
        }

        return sizes;

        ClassTokenKind ClassToken()
        {
            if (checkpoint.Tensors.Keys.FirstOrDefault(name => name.StartsWith("cls_token_", StringComparison.Ordinal)) is { } second)
            {
                throw new BadInputException(
                    $"{checkpoint.Path} has {second}: models with two class tokens are not supported, only one in the middle, one in "
                        + "front, or none (mean of all tokens)");
            }

            return !hasClassToken ? ClassTokenKind.MeanPool : config?.GetString("class_token", "middle") switch
            {
                null or "middle" => ClassTokenKind.Middle,
                "first" => ClassTokenKind.First,
                var other => throw new BadInputException($"{config!.Path}: class_token is \"{other}\"; expected \"middle\" or \"first\""),
            };
        }
    }
}
