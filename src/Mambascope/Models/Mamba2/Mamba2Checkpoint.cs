using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Reads a Mamba-2 language model: names and config.json of the original release (state-spaces/mamba2-130m), or of Hugging Face. Sizes come
/// from the tensors; the config must agree with them and settles what shapes cannot tell: the number of groups and the limits of the step
/// size. With several groups the two releases differ in the gated norm: a file under Hugging Face's names is normalised as there, over the
/// whole width, another over each group.
/// </summary>
internal static class Mamba2Checkpoint
{
    // What every mixer of the kind has.
    private const string Sign = "dt_bias";

    /// <summary>Whether the checkpoint holds tensors of a Mamba-2 language model.</summary>
    public static bool Matches(Checkpoint checkpoint)
        => LanguageLayout.Of(checkpoint, Sign) is not null;

    /// <summary>Loads the model; every tensor is checked for shape and for values that are not numbers.</summary>
    public static Mamba2 Load(Checkpoint checkpoint, ConfigFile? config)
    {
        var tensors = new ModelTensors(checkpoint, config);
        var layout = LanguageLayout.Of(checkpoint, Sign)
            ?? throw new BadInputException($"{checkpoint.Path} holds no layers of a Mamba-2 language model");
        var isOfficial = layout.IsOfficial || config?.Has("ssm_cfg") == true;
        var embedding = LanguageTensors.Embedding(tensors, layout);
        var head = LanguageTensors.Head(tensors, embedding, layout);
        var sizes = Sizes(tensors, layout, embedding, isOfficial) with { IsHeadTied = head is null };
        var weights = new Mamba2Weights(sizes, (name, shape) => name switch
        {
            LanguageTensors.EmbeddingName => embedding,
            LanguageTensors.HeadName => head!,
            _ => tensors.Weight(layout.Stored(name), shape, @as: name),
        });
        tensors.RefuseUnused("a Mamba-2 language model with RMS norms and no other kind of layer");
        return new Mamba2(sizes, weights);
    }

    private static Mamba2Config Sizes(ModelTensors tensors, LanguageLayout layout, Weight embedding, bool isOfficial)
    {
        var block = layout.Mixer;
        var (config, path) = (tensors.Config, tensors.Checkpoint.Path);
        var official = config?.GetSection("ssm_cfg");
        LanguageTensors.RefuseOtherParts(config);
        var conv = tensors.Shape(block + "conv1d.weight", 3); // (E + 2GN, 1, K)
        var E = tensors.Shape(block + "norm.weight", 1)[0];
        var H = tensors.Shape(block + "A_log", 1)[0];
        var states = (conv[0] - E) / 2; // G N
        var (groups, source) = Groups(config, official, states);
        if (groups < 1 || states < 1 || states % groups != 0 || H % groups != 0 || E % H != 0)
        {
            throw new BadInputException(
                $"{source ?? path}: {groups} groups do not divide {H} heads of {E} channels and 2 x {states} coefficients, as the tensors "
                    + $"of {path} have; correct {(official is null ? "n_groups" : "ngroups")}");
        }

        var projected = tensors.Shape(block + "in_proj.weight", 2)[0];
        if (projected != E + conv[0] + H)
        {
            throw new BadInputException(
                $"{block}in_proj.weight in {path} has {projected} rows, expected {E + conv[0] + H} for z, x, B, C and the step; a parallel "
                    + "MLP (d_mlp) is not supported");
        }

        var limits = official?.GetDoubles("dt_limit", mayBeInfinite: true)
            ?? config?.GetDoubles("time_step_limit", mayBeInfinite: true)
            ?? [0, double.PositiveInfinity];
        if (limits.Length != 2 || !(limits[0] <= limits[1]))
        {
            throw new BadInputException(
                $"{config!.Path}: time_step_limit ({string.Join(", ", limits)}) is no pair of a least and a greatest step");
        }

        var sizes = new Mamba2Config
        {
            VocabularySize = embedding.Rows,
            Width = embedding.Columns,
            Depth = tensors.Depth(layout.Layers),
            InnerWidth = E,
            Heads = H,
            StateSize = states / groups,
            Groups = groups,
            ConvWidth = conv[2],
            NormEpsilon = (float)(config?.GetDouble("layer_norm_epsilon", 1e-5) ?? 1e-5),
            NormalisesGroups = isOfficial,
            HasSkipPerChannel = tensors.Shape(block + "D", 1)[0] != H,
            LeastStep = (float)limits[0],
            GreatestStep = (float)limits[1],
            HasProjectionBias = tensors.Has(block + "in_proj.bias"),
            HasConvBias = tensors.Has(block + "conv1d.bias"),
        };

        tensors.Agree("hidden_size", sizes.Width);
        tensors.Agree("d_model", sizes.Width);
        tensors.Agree("num_hidden_layers", sizes.Depth);
        tensors.Agree("n_layer", sizes.Depth);
        tensors.Agree("num_heads", H);
        tensors.Agree("head_dim", E / H);
        tensors.Agree("state_size", sizes.StateSize);
        tensors.Agree("conv_kernel", sizes.ConvWidth);
        tensors.Agree("use_bias", sizes.HasProjectionBias);
        tensors.Agree("use_conv_bias", sizes.HasConvBias);
        LanguageTensors.AgreeOnVocabulary(tensors, sizes.VocabularySize);
        LanguageTensors.Agree(official, "headdim", E / H, tensors.Checkpoint);
        LanguageTensors.Agree(official, "d_state", sizes.StateSize, tensors.Checkpoint);
        LanguageTensors.Agree(official, "d_conv", sizes.ConvWidth, tensors.Checkpoint);
        return official?.GetBoolean("norm_before_gate", absent: false) == true
            ? throw new BadInputException(
                $"{official.Path}: norm_before_gate is true; supported is the norm behind the gate, as in all released models")
            : sizes;
    }

    // Stated, or as many as the stated number of states leaves, or one.
    private static (int Groups, string? Source) Groups(ConfigFile? config, ConfigFile? official, int states)
    {
        if (config?.Has("n_groups") == true)
        {
            return (config.GetInt32("n_groups"), config.Path);
        }

        return official?.Has("ngroups") == true ? (official.GetInt32("ngroups"), official.Path)
            : config?.Has("state_size") == true ? (states / Math.Max(1, config.GetInt32("state_size")), config.Path)
            : (1, null);
    }
}
