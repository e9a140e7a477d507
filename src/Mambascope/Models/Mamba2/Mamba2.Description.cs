namespace Mambascope.Models;

/// <content>What the model is, and what it costs.</content>
public sealed partial class Mamba2
{
    /// <inheritdoc/>
    public override ModelFacts Facts => new()
    {
        Name = "mamba2",
        Kind = "Mamba-2",
        Title = "Mamba-2 language model",
        Width = Config.Width,
        Channels = Config.InnerWidth,
        Heads = Config.Heads,
        Rows =
        [
            new(
                "mixer",
                $"{Config.Heads} heads (0 to {Config.Heads - 1}) of {Config.InnerWidth / Config.Heads} channels with {Config.StateSize} "
                    + $"states{(Config.Groups == 1 ? "" : $" in {Config.Groups} groups")}, convolution over {Config.ConvWidth} tokens",
                Fact.Value("inner_width", Config.InnerWidth),
                Fact.Value("heads", Config.Heads),
                Fact.Value("state_size", Config.StateSize),
                Fact.Value("groups", Config.Groups),
                Fact.Value("conv_width", Config.ConvWidth)),
        ],
    };

    /// <inheritdoc/>
    public override ModelWork Work
    {
        get
        {
            var (d, E) = (Config.Width, Config.InnerWidth);
            var projected = E + Config.ConvChannels + Config.Heads;
            return new()
            {
                Linear = Config.Depth * (ModelWork.Product(1, d, projected) + ModelWork.Product(1, E, d)),
                Head = ModelWork.Product(1, d, Config.VocabularySize),
                Mixers = [.. Enumerable.Repeat(new HeadScanWork(E, Config.StateSize, Config.Heads, Config.Groups), Config.Depth)],
                Products = [(d, projected)],
                Bytes = BytesPerToken,
            };
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object> Settings
    {
        get
        {
            var settings = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["model_type"] = "mamba2",
                ["vocab_size"] = Config.VocabularySize,
                ["hidden_size"] = Config.Width,
                ["num_hidden_layers"] = Config.Depth,
                ["expand"] = Config.InnerWidth / Config.Width,
                ["num_heads"] = Config.Heads,
                ["head_dim"] = Config.InnerWidth / Config.Heads,
                ["state_size"] = Config.StateSize,
                ["n_groups"] = Config.Groups,
                ["conv_kernel"] = Config.ConvWidth,
                ["layer_norm_epsilon"] = Math.Round(Config.NormEpsilon, 12),
                ["use_bias"] = Config.HasProjectionBias,
                ["use_conv_bias"] = Config.HasConvBias,
                ["tie_word_embeddings"] = Config.IsHeadTied,
            };

            // What the reader assumes is not written. JSON has no infinity; a step above every single is as good.
            if (Config.LeastStep > 0 || float.IsFinite(Config.GreatestStep))
            {
                settings["time_step_limit"] = new double[]
                {
                    Config.LeastStep,
                    float.IsFinite(Config.GreatestStep) ? Config.GreatestStep : double.MaxValue,
                };
            }

            // The sign of the original release, whose gated norm is taken over each group.
            if (Config.NormalisesGroups)
            {
                settings["ssm_cfg"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["ngroups"] = Config.Groups };
            }

            return settings;
        }
    }

    /// <inheritdoc/>
    public override ILanguageModel With(WeightSource weights) => new Mamba2(Config, new(Config, weights));
}
