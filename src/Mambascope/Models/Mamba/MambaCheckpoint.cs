using Mambascope.Checkpoints;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Reads a Mamba language model: names and config.json of the original release (state-spaces/mamba-130m), of Hugging Face
/// (state-spaces/mamba-130m-hf) or Falcon-Mamba. Sizes come from the tensors; the config must agree with them.
/// </summary>
public static class MambaCheckpoint
{
    private const string Block = "backbone.layers.0.mixer.";
    private const string OfficialEmbedding = "backbone.embedding.weight";

    // A Vision Mamba that someone's class keeps as its "backbone" has the same blocks.
    private const string OfPictures = "backbone.patch_embed.proj.weight";

    /// <summary>Whether the checkpoint holds tensors of a Mamba language model of the first kind.</summary>
    public static bool Matches(Checkpoint checkpoint)
        => checkpoint.Tensors.ContainsKey(Block + "x_proj.weight") && !checkpoint.Tensors.ContainsKey(OfPictures);

    /// <summary>Loads the model; every tensor is checked for shape and for values that are not numbers.</summary>
    public static Mamba Load(Checkpoint checkpoint, ConfigFile? config)
    {
        var tensors = new ModelTensors(checkpoint, config);
        var embedding = LanguageTensors.Embedding(tensors, OfficialEmbedding);
        var head = LanguageTensors.Head(tensors, embedding, OfficialEmbedding);
        var sizes = Sizes(tensors, embedding, isTied: head is null);
        var weights = new MambaWeights(sizes, (name, shape) => name switch
        {
            LanguageTensors.EmbeddingName => embedding,
            LanguageTensors.HeadName => head!,
            _ => tensors.Weight(name, shape),
        });
        tensors.RefuseUnused("a Mamba language model with RMS norms and no other kind of layer");
        return new Mamba(sizes, weights);
    }

    private static MambaConfig Sizes(ModelTensors tensors, Weight embedding, bool isTied)
    {
        var config = tensors.Config;
        var official = config?.GetSection("ssm_cfg");
        LanguageTensors.RefuseOtherParts(config);
        var sizes = new MambaConfig
        {
            VocabularySize = embedding.Rows,
            Width = embedding.Columns,
            Depth = tensors.Depth("backbone.layers."),
            InnerWidth = tensors.Shape(Block + "in_proj.weight", 2)[0] / 2,
            StateSize = tensors.Shape(Block + "A_log", 2)[1],
            ConvWidth = tensors.Shape(Block + "conv1d.weight", 3)[2],
            DtRank = tensors.Shape(Block + "dt_proj.weight", 2)[1],
            NormEpsilon = (float)(config?.GetDouble("layer_norm_epsilon", 1e-5) ?? 1e-5),
            IsHeadTied = isTied,
            HasProjectionBias = tensors.Has(Block + "in_proj.bias"),
            HasConvBias = tensors.Has(Block + "conv1d.bias"),
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
        LanguageTensors.Agree(official, "d_state", sizes.StateSize, tensors.Checkpoint);
        LanguageTensors.Agree(official, "d_conv", sizes.ConvWidth, tensors.Checkpoint);
        return sizes;
    }
}
