using Mambascope.Checkpoints;
using Mambascope.Models.Mixers;

namespace Mambascope.Models;

/// <summary>
/// Reads a VMamba from a checkpoint with the names of the released models, old and new. Everything comes from the tensors; a config.json,
/// where there is one, must agree, and tells apart what shapes cannot.
/// </summary>
internal static class VMambaCheckpoint
{
    private const string Supported = "supported are v0 and v05_noz (the released models)";

    // The v0 equations with other kernels; v05 to v3 without a postfix are gated.
    private static readonly string[] gated = ["v0", "v01", "v02", "v03", "v04", "v05", "v2", "v3"];

    /// <summary>Whether the checkpoint holds tensors of a VMamba.</summary>
    public static bool Matches(Checkpoint checkpoint) => Ss2dNames.AreIn(checkpoint) && !MedMambaCheckpoint.Matches(checkpoint);

    /// <summary>Loads the model; every tensor is checked for shape and for values that are not numbers.</summary>
    public static VMamba Load(Checkpoint checkpoint, ConfigFile? config)
    {
        var tensors = new ModelTensors(checkpoint, config);
        var names = new Ss2dNames(tensors);
        Refuse(tensors, names);
        var sizes = Sizes(tensors, names);
        var weights = new VMambaWeights(sizes, names.Weight);
        tensors.RefuseUnused("a VMamba (v0 or v05_noz)");
        return new VMamba(sizes, weights);
    }

    private static VMambaConfig Sizes(ModelTensors tensors, Ss2dNames names)
    {
        Ss2dSizes[] mixers = [.. Enumerable.Range(0, names.Stages).Select(names.Sizes)];
        var (height, width) = StagedFile.ImageSize(tensors.Config);
        var sizes = new VMambaConfig
        {
            ImageHeight = height,
            ImageWidth = width,
            Channels = names.Shape("patch_embed.0.weight", 4)[1],
            Depths = names.Depths,
            Widths = [.. mixers.Select(mixer => mixer.Width)],
            InnerWidths = [.. mixers.Select(mixer => mixer.InnerWidth)],
            DtRanks = [.. mixers.Select(mixer => mixer.DtRank)],
            StateSize = mixers[0].StateSize,
            HasGate = mixers[0].HasGate,
            HasConvBias = mixers[0].HasConvBias,
            MlpWidths = [.. Enumerable.Range(0, names.Stages).Select(stage => MlpWidth(tensors, names, stage))],
            HasConvStem = names.Has("patch_embed.5.weight"),
            DownsampleKernel = names.Has("layers.0.downsample.1.weight") ? names.Shape("layers.0.downsample.1.weight", 4)[2] : 0,
            Classes = names.Shape("classifier.head.weight", 2)[0],
            NormEpsilon = (float)(tensors.Config?.GetDouble("layer_norm_epsilon", 1e-5) ?? 1e-5),
        };
        Agree(tensors, sizes);
        return sizes;
    }

    private static void Agree(ModelTensors tensors, VMambaConfig sizes)
    {
        tensors.Agree("in_channels", sizes.Channels);
        tensors.Agree("num_labels", sizes.Classes);
        tensors.Agree("depths", sizes.Depths);
        tensors.Agree("dims", sizes.Widths);
        tensors.Agree("state_size", sizes.StateSize);
        tensors.AgreeRatio("ssm_ratio", sizes.InnerWidths[0], sizes.Widths[0]);
        tensors.AgreeRatio("mlp_ratio", sizes.MlpWidths[0], sizes.Widths[0]);
        tensors.Agree("patch_embed", sizes.HasConvStem ? "v2" : "v1");
        tensors.Agree("downsample", sizes.DownsampleKernel switch { 0 => "v1", 2 => "v2", _ => "v3" });
        if (tensors.Config?.GetString("forward_type", "") is { Length: > 0 } type)
        {
            var isKnown = sizes.HasGate ? gated.Contains(type, StringComparer.Ordinal) : type == "v05_noz";
            if (!isKnown)
            {
                var found = gated.Contains(type, StringComparer.Ordinal) || type == "v05_noz"
                    ? $"the tensors of {tensors.Checkpoint.Path} are those of {(sizes.HasGate ? "a gated mixer (v0)" : "v05_noz")}"
                    : Supported;
                throw new BadInputException($"{tensors.Config.Path}: forward_type is \"{Printable.Name(type)}\"; {found}");
            }
        }
    }

    private static int MlpWidth(ModelTensors tensors, Ss2dNames names, int stage)
    {
        var at = $"layers.{stage}.blocks.0.mlp.";
        if (!names.Has(at + "fc1.weight"))
        {
            return 0;
        }

        var (width, read) = (names.Shape(at + "fc1.weight", 2)[0], names.Shape(at + "fc2.weight", 2)[1]);
        return width == read
            ? width
            : throw new BadInputException(
                $"{at}fc1.weight in {tensors.Checkpoint.Path} has {width} rows, but fc2 reads {read}: a gated MLP is not "
                    + $"supported; {Supported}");
    }

    private static void Refuse(ModelTensors tensors, Ss2dNames names)
    {
        var path = tensors.Checkpoint.Path;
        if (tensors.Checkpoint.Tensors.Keys.FirstOrDefault(name => name.StartsWith("layers_up.", StringComparison.Ordinal)) is { } decoder)
        {
            throw new BadInputException(
                $"{path} has {Printable.Name(decoder)}: it is a VM-UNet, which draws regions; classifiers of the family are supported: "
                    + "VMamba and MedMamba");
        }

        if (!names.Has("classifier.head.weight"))
        {
            throw new BadInputException(
                $"{path} has no {names.InFile("classifier.head.weight")}: it is a backbone without a classifier, and a decision is what "
                    + "gets explained; add a head or use a fine-tuned checkpoint");
        }

        if (
            tensors.Checkpoint.Tensors.Keys.FirstOrDefault(name => name.EndsWith("norm.running_mean", StringComparison.Ordinal))
                is { } batch)
        {
            throw new BadInputException($"{path} has {Printable.Name(batch)}: VMambas with batch norms are not supported; {Supported}");
        }

        if (tensors.Has("pos_embed"))
        {
            throw new BadInputException(
                $"{path} has pos_embed: no released VMamba adds positions, and none that does is supported; {Supported}");
        }
    }
}
