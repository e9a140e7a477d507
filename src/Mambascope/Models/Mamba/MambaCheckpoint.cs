using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Reads a Mamba language model: names and config.json of the original release (state-spaces/mamba-130m), of Hugging Face
/// (state-spaces/mamba-130m-hf, with or without its head) or Falcon-Mamba; names of mamba.py and mamba-minimal. Sizes come from the
/// tensors; the config must agree with them.
/// </summary>
internal static class MambaCheckpoint
{
    // What every mixer of the kind has.
    private const string Sign = "x_proj.weight";

    /// <summary>Whether the checkpoint holds tensors of a Mamba language model of the first kind.</summary>
    public static bool Matches(Checkpoint checkpoint)
        => LanguageLayout.Of(checkpoint, Sign) is not null;

    /// <summary>Loads the model; every tensor is checked for shape and for values that are not numbers.</summary>
    public static Mamba Load(Checkpoint checkpoint, ConfigFile? config)
    {
        var tensors = new ModelTensors(checkpoint, config);
        var layout = LanguageLayout.Of(checkpoint, Sign)
            ?? throw new BadInputException($"{checkpoint.Path} holds no layers of a Mamba language model");
        var embedding = LanguageTensors.Embedding(tensors, layout);
        var head = LanguageTensors.Head(tensors, embedding, layout);
        var sizes = Sizes(tensors, layout, embedding, isTied: head is null);
        var weights = new MambaWeights(sizes, (name, shape) => name switch
        {
            LanguageTensors.EmbeddingName => embedding,
            LanguageTensors.HeadName => head!,
            _ => tensors.Weight(layout.Stored(name), shape, @as: name),
        });
        tensors.RefuseUnused("a Mamba language model with RMS norms and no other kind of layer");
        return new Mamba(sizes, weights);
    }

    private static MambaConfig Sizes(ModelTensors tensors, LanguageLayout layout, Weight embedding, bool isTied)
    {
        var block = layout.Mixer;
        var config = tensors.Config;
        var official = config?.GetSection("ssm_cfg");
        LanguageTensors.RefuseOtherParts(config);
        var sizes = new MambaConfig
        {
            VocabularySize = embedding.Rows,
            Width = embedding.Columns,
            Depth = tensors.Depth(layout.Layers),
            InnerWidth = tensors.Shape(block + "in_proj.weight", 2)[0] / 2,
            StateSize = tensors.Shape(block + "A_log", 2)[1],
            ConvWidth = tensors.Shape(block + "conv1d.weight", 3)[2],
            DtRank = tensors.Shape(block + "dt_proj.weight", 2)[1],
            NormEpsilon = (float)(config?.GetDouble("layer_norm_epsilon", 1e-5) ?? 1e-5),
            IsHeadTied = isTied,
            HasProjectionBias = tensors.Has(block + "in_proj.bias"),
            HasConvBias = tensors.Has(block + "conv1d.bias"),
            MixerNormEpsilon = config?.GetString("model_type", "mamba") is "falcon_mamba"
                ? (float)config.GetDouble("mixer_rms_eps", 1e-6)
                : null,
        };

        tensors.Agree("hidden_size", sizes.Width);
        tensors.Agree("d_model", sizes.Width);
        tensors.Agree("num_hidden_layers", sizes.Depth);
        tensors.Agree("n_layer", sizes.Depth);
        tensors.Agree("intermediate_size", sizes.InnerWidth);
        tensors.Agree("state_size", sizes.StateSize);
        tensors.Agree("conv_kernel", sizes.ConvWidth);
        tensors.Agree("use_bias", sizes.HasProjectionBias);
        tensors.Agree("use_conv_bias", sizes.HasConvBias);
        LanguageTensors.AgreeOnVocabulary(tensors, sizes.VocabularySize);
        AgreeOnRank(config, "time_step_rank", sizes.DtRank, tensors.Checkpoint);
        AgreeOnRank(official, "dt_rank", sizes.DtRank, tensors.Checkpoint);
        LanguageTensors.Agree(official, "d_state", sizes.StateSize, tensors.Checkpoint);
        LanguageTensors.Agree(official, "d_conv", sizes.ConvWidth, tensors.Checkpoint);
        return sizes;
    }

    // "auto" is a sixteenth of the width, which the tensors have or have not.
    private static void AgreeOnRank(ConfigFile? config, string key, int found, Checkpoint checkpoint)
    {
        if (config?.IsText(key) == false)
        {
            LanguageTensors.Agree(config, key, found, checkpoint);
        }
    }
}
