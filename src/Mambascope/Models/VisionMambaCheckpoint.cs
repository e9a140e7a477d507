using System.Globalization;
using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Reads a Vision Mamba from a checkpoint with the names of the released models. Sizes come from the tensors; a config.json, where
/// there is one, settles what shapes cannot tell (stride, place of the class token, halving of the directions) and must agree with the rest.
/// </summary>
public static class VisionMambaCheckpoint
{
    /// <summary>Whether the checkpoint holds tensors of a Vision Mamba.</summary>
    public static bool Matches(Checkpoint checkpoint)
        => checkpoint.Tensors.ContainsKey("layers.0.mixer.A_b_log") || (checkpoint.Tensors.ContainsKey("patch_embed.proj.weight") && checkpoint.Tensors.ContainsKey("layers.0.mixer.in_proj.weight"));

    /// <summary>Loads the model; every tensor is checked for shape and for values that are not numbers.</summary>
    public static VisionMamba Load(Checkpoint checkpoint, ConfigFile? config)
    {
        var sizes = Sizes(checkpoint, config);
        var used = new HashSet<string>(StringComparer.Ordinal);
        var weights = new VisionMambaWeights(sizes, (name, shape) =>
        {
            used.Add(name);
            var values = checkpoint.ReadSingles(name, shape);
            var bad = values.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
            return bad < 0
                ? new Weight(name, values, shape)
                : throw new BadInputException($"tensor {name} in {checkpoint.Path} holds {values[bad]} at position {bad}; a model with such values cannot be run");
        });

        var unknown = checkpoint.Tensors.Keys.Where(name => !used.Contains(name)).Order(StringComparer.Ordinal).FirstOrDefault();
        return unknown is null
            ? new VisionMamba(sizes, weights)
            : throw new BadInputException($"tensor {unknown} in {checkpoint.Path} belongs to no part of a bidirectional (v2) Vision Mamba with RMS norms; this variant is not supported");
    }

    /// <summary>Sizes from the tensors' shapes and the config.</summary>
    public static VisionMambaConfig Sizes(Checkpoint checkpoint, ConfigFile? config)
    {
        if (!checkpoint.Tensors.ContainsKey("head.weight"))
        {
            throw new BadInputException($"{checkpoint.Path} has no head.weight: it is a backbone without a classifier, and a decision is what gets explained; add a head or use a fine-tuned checkpoint");
        }

        var patch = Shape("patch_embed.proj.weight", 4); // (d, channels, P, P)
        var inProj = Shape("layers.0.mixer.in_proj.weight", 2); // (2E, d)
        var positions = Shape("pos_embed", 3); // (1, L, d)
        var hasClassToken = checkpoint.Tensors.ContainsKey("cls_token");
        var patchSize = patch[2];
        var grid = Side(positions[1] - (hasClassToken ? 1 : 0));
        // Shapes do not tell the stride. As released: patches touch, but a 27 x 27 grid of 16-pixel patches is 224 pixels at stride 8.
        var (assumedImage, assumedStride) = (grid, patchSize) == (27, 16) ? (224, 8) : (grid * patchSize, patchSize);
        var sizes = new VisionMambaConfig
        {
            Width = patch[0],
            Channels = patch[1],
            PatchSize = patchSize,
            ImageSize = config?.GetInt32("image_size", assumedImage) ?? assumedImage,
            Stride = config?.GetInt32("stride", assumedStride) ?? assumedStride,
            Depth = Depth(),
            InnerWidth = inProj[0] / 2,
            StateSize = Shape("layers.0.mixer.A_log", 2)[1],
            ConvWidth = Shape("layers.0.mixer.conv1d.weight", 3)[2],
            DtRank = Shape("layers.0.mixer.dt_proj.weight", 2)[1],
            Classes = Shape("head.weight", 2)[0],
            ClassToken = ClassToken(),
            HalveDirections = config?.GetBoolean("if_divide_out", absent: true) ?? true,
            NormEpsilon = (float)(config?.GetDouble("layer_norm_epsilon", 1e-5) ?? 1e-5),
        };

        Agree("hidden_size", sizes.Width);
        Agree("num_hidden_layers", sizes.Depth);
        Agree("state_size", sizes.StateSize);
        Agree("patch_size", sizes.PatchSize);
        Agree("num_channels", sizes.Channels);
        Agree("num_labels", sizes.Classes);
        if (sizes.Stride < 1 || sizes.ImageSize < sizes.PatchSize)
        {
            throw new BadInputException($"{config?.Path ?? checkpoint.Path}: image size {sizes.ImageSize} and stride {sizes.Stride} do not go with patches of {sizes.PatchSize} pixels; correct image_size or stride");
        }

        if (sizes.Length != positions[1])
        {
            throw new BadInputException($"{checkpoint.Path}: pos_embed has {positions[1]} tokens, but image size {sizes.ImageSize}, patch size {sizes.PatchSize} and stride {sizes.Stride} make {sizes.Length}; correct image_size or stride in config.json");
        }

        return sizes;

        int[] Shape(string name, int rank)
        {
            var info = checkpoint.Find(name);
            return info.Shape.Length == rank && info.Shape.All(n => n is > 0 and < int.MaxValue)
                ? [.. info.Shape.Select(n => (int)n)]
                : throw new BadInputException($"tensor {name} in {checkpoint.Path} has shape ({string.Join(", ", info.Shape)}), expected {rank} dimensions");
        }

        int Side(int patches)
        {
            var side = (int)Math.Sqrt(patches);
            return side * side == patches && side > 0
                ? side
                : throw new BadInputException($"pos_embed in {checkpoint.Path} has {positions[1]} tokens{(hasClassToken ? " with a class token" : "")}: {patches} patches do not form a square grid");
        }

        int Depth()
        {
            var layers = checkpoint.Tensors.Keys
                .Where(name => name.StartsWith("layers.", StringComparison.Ordinal))
                .Select(name => int.TryParse(name.AsSpan(7, Math.Max(0, name.IndexOf('.', 7) - 7)), NumberStyles.None, CultureInfo.InvariantCulture, out var layer) ? layer : -1);
            return layers.Max() + 1;
        }

        ClassTokenKind ClassToken()
        {
            if (checkpoint.Tensors.Keys.FirstOrDefault(name => name.StartsWith("cls_token_", StringComparison.Ordinal)) is { } second)
            {
                throw new BadInputException($"{checkpoint.Path} has {second}: models with two class tokens are not supported, only one in the middle, one in front, or none (mean of all tokens)");
            }

            return !hasClassToken ? ClassTokenKind.MeanPool : config?.GetString("class_token", "middle") switch
            {
                null or "middle" => ClassTokenKind.Middle,
                "first" => ClassTokenKind.First,
                var other => throw new BadInputException($"{config!.Path}: class_token is \"{other}\"; expected \"middle\" or \"first\""),
            };
        }

        void Agree(string key, int found)
        {
            if (config is not null && config.GetInt32(key, found) is var stated && stated != found)
            {
                throw new BadInputException($"{config.Path} says {key} = {stated}, the tensors of {checkpoint.Path} say {found}");
            }
        }
    }
}
