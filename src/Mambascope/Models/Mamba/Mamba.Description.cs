namespace Mambascope.Models;

/// <content>What the model is, and what it costs.</content>
public sealed partial class Mamba
{
    private bool IsFalcon => Config.MixerNormEpsilon is not null;

    /// <inheritdoc/>
    public override ModelFacts Facts => new()
    {
        Name = IsFalcon ? "falcon_mamba" : "mamba",
        Kind = IsFalcon ? "Falcon-Mamba" : "Mamba",
        Title = IsFalcon ? "Falcon-Mamba language model" : "Mamba language model",
        Width = Config.Width,
        Channels = Config.InnerWidth,
        Rows =
        [
            new(
                "mixer",
                $"{Config.InnerWidth} channels (0 to {Config.InnerWidth - 1}) with {Config.StateSize} states, step size of rank "
                    + $"{Config.DtRank}, convolution over {Config.ConvWidth} tokens",
                Fact.Value("inner_width", Config.InnerWidth),
                Fact.Value("state_size", Config.StateSize),
                Fact.Value("dt_rank", Config.DtRank),
                Fact.Value("conv_width", Config.ConvWidth)),
        ],
    };

    /// <inheritdoc/>
    public override ModelWork Work
    {
        get
        {
            var (d, E, N, R) = (Config.Width, Config.InnerWidth, Config.StateSize, Config.DtRank);
            return new()
            {
                Linear =
                    Config.Depth
                    * (
                        ModelWork.Product(1, d, 2 * E)
                        + ModelWork.Product(1, E, R + (2 * N))
                        + ModelWork.Product(1, R, E)
                        + ModelWork.Product(1, E, d)),
                Head = ModelWork.Product(1, d, Config.VocabularySize),
                Mixers = [.. Enumerable.Repeat(new ScanWork(Directions: 1, E, N), Config.Depth)],
                Products = [(d, 2 * E)],
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
                ["model_type"] = Facts.Name,
                ["vocab_size"] = Config.VocabularySize,
                ["hidden_size"] = Config.Width,
                ["num_hidden_layers"] = Config.Depth,
                ["intermediate_size"] = Config.InnerWidth,
                ["state_size"] = Config.StateSize,
                ["conv_kernel"] = Config.ConvWidth,
                ["time_step_rank"] = Config.DtRank,
                ["layer_norm_epsilon"] = Math.Round(Config.NormEpsilon, 12),
                ["use_bias"] = Config.HasProjectionBias,
                ["use_conv_bias"] = Config.HasConvBias,
                ["tie_word_embeddings"] = Config.IsHeadTied,
            };
            if (Config.MixerNormEpsilon is { } epsilon)
            {
                settings["mixer_rms_eps"] = Math.Round(epsilon, 12);
            }

            return settings;
        }
    }

    /// <inheritdoc/>
    public override ILanguageModel With(WeightSource weights) => new Mamba(Config, new(Config, weights));
}
