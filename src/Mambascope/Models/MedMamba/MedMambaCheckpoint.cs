using Mambascope.Checkpoints;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Reads a MedMamba from a checkpoint with the names of the public code, bare or in a dict. Everything comes from the tensors; a
/// config.json, where there is one, must agree.
/// </summary>
internal static class MedMambaCheckpoint
{
    /// <summary>Whether the checkpoint holds tensors of a MedMamba.</summary>
    public static bool Matches(Checkpoint checkpoint)
        => checkpoint.Tensors.ContainsKey("layers.0.blocks.0.conv33conv33conv11.0.weight") && Ss2dNames.AreIn(checkpoint);

    /// <summary>Loads the model; every tensor is checked for shape and for values that are not numbers.</summary>
    public static MedMamba Load(Checkpoint checkpoint, ConfigFile? config)
    {
        if (!checkpoint.Tensors.ContainsKey("head.weight"))
        {
            throw new BadInputException(
                $"{checkpoint.Path} has no head.weight: it is a backbone without a classifier, and a decision is what gets explained; add "
                    + "a head or use a fine-tuned checkpoint");
        }

        var tensors = new ModelTensors(checkpoint, config);
        var sizes = Sizes(tensors);
        var weights = new MedMambaWeights(sizes, (name, shape) => tensors.Weight(name, shape));

        // Variances are the only weights of which roots are taken.
        var bad = weights.All.FirstOrDefault(weight =>
            weight.Name.EndsWith("running_var", StringComparison.Ordinal) && weight.Values<float>().Any(value => value < 0));
        if (bad is not null)
        {
            throw new BadInputException($"tensor {bad.Name} in {checkpoint.Path} holds a negative variance; such a model cannot be run");
        }

        tensors.RefuseUnused("a MedMamba", name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        return new MedMamba(sizes, weights);
    }

    private static MedMambaConfig Sizes(ModelTensors tensors)
    {
        var names = new Ss2dNames(tensors);
        Ss2dSizes[] mixers = [.. Enumerable.Range(0, names.Stages).Select(names.Sizes)];
        if (!mixers[0].HasGate || !mixers[0].HasConvBias)
        {
            throw new BadInputException(
                $"{tensors.Checkpoint.Path}: the mixers of a MedMamba have a gate and a convolution with bias, these have not; this "
                    + "variant is not supported");
        }

        var (height, width) = StagedFile.ImageSize(tensors.Config);
        var sizes = new MedMambaConfig
        {
            ImageHeight = height,
            ImageWidth = width,
            Channels = tensors.Shape("patch_embed.proj.weight", 4)[1],
            Depths = names.Depths,
            Widths = [.. mixers.Select(mixer => 2 * mixer.Width)],
            InnerWidths = [.. mixers.Select(mixer => mixer.InnerWidth)],
            DtRanks = [.. mixers.Select(mixer => mixer.DtRank)],
            StateSize = mixers[0].StateSize,
            Classes = tensors.Shape("head.weight", 2)[0],
            NormEpsilon = (float)(tensors.Config?.GetDouble("layer_norm_epsilon", 1e-5) ?? 1e-5),
        };
        tensors.Agree("in_channels", sizes.Channels);
        tensors.Agree("num_labels", sizes.Classes);
        tensors.Agree("depths", sizes.Depths);
        tensors.Agree("dims", sizes.Widths);
        tensors.Agree("state_size", sizes.StateSize);
        tensors.AgreeRatio("ssm_ratio", sizes.InnerWidths[0], sizes.Widths[0] / 2);
        return sizes;
    }
}
