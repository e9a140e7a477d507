namespace Mambascope.Models;

/// <content>What the model is, and what it costs.</content>
public sealed partial class VisionMamba
{
    private const int Directions = 2;

    /// <inheritdoc/>
    public override ModelFacts Facts => new()
    {
        Name = "vim",
        Kind = "Vision Mamba",
        Title = $"Vision Mamba (Vim), bidirectional{(Config.HalveDirections ? ", directions halved" : ", directions summed")}",
        Width = Config.Width,
        ClassToken = Config.ClassTokenIndex < 0 ? null : Config.ClassTokenIndex,
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
                Fact.Value("conv_width", Config.ConvWidth),
                Fact.Value("directions", Directions),
                Fact.Value("directions_halved", Config.HalveDirections)),
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
                Embedding = ModelWork.Product(Config.Patches, Config.Channels * Config.PatchSize * Config.PatchSize, d),
                Linear =
                    Config.Depth
                    * (
                        ModelWork.Product(1, d, 2 * E)
                        + (Directions * (ModelWork.Product(1, E, R + (2 * N)) + ModelWork.Product(1, R, E)))
                        + ModelWork.Product(1, E, d)),
                Head = ModelWork.Product(1, d, Config.Classes),
                Mixers = [.. Enumerable.Repeat(new ScanWork(Directions, E, N), Config.Depth)],
                Products = [(d, 2 * E)],
                Bytes = WeightTotals.Of(AllWeights).Bytes,
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
                ["model_type"] = "vim",
                ["image_size"] = Config.ImageSize,
                ["patch_size"] = Config.PatchSize,
                ["stride"] = Config.Stride,
                ["hidden_size"] = Config.Width,
                ["num_hidden_layers"] = Config.Depth,
                ["state_size"] = Config.StateSize,
                ["num_labels"] = Config.Classes,
            };

            // What the reader assumes is not written.
            if (Config.ClassToken == ClassTokenKind.First)
            {
                settings["class_token"] = "first";
            }

            if (!Config.HalveDirections)
            {
                settings["if_divide_out"] = false;
            }

            if (Config.NormEpsilon != VisionMambaConfig.StandardNormEpsilon)
            {
                settings["layer_norm_epsilon"] = Math.Round(Config.NormEpsilon, 12);
            }

            return settings;
        }
    }

    /// <inheritdoc/>
    public override IVisionModel With(WeightSource weights) => new VisionMamba(Config, new(Config, weights));
}
