using Mambascope.Inputs.Series;

namespace Mambascope.Models;

/// <content>What the model is, and what it costs.</content>
internal sealed partial class SeriesClassifier
{
    private bool IsScan => Config.Mixer == SeriesMixer.Scan;

    private int Directions => Config.IsBidirectional ? 2 : 1;

    /// <inheritdoc/>
    public ModelFacts Facts => new()
    {
        Name = SeriesArchitecture.ModelType,
        Kind = IsScan ? "series Mamba" : "series transformer",
        Title = $"{(IsScan ? $"Mamba, {(Config.IsBidirectional ? "bidirectional" : "from the first token")}" : "transformer")}, over "
            + (IsOfSteps ? "time steps" : "the columns of a table"),
        Width = Config.Width,
        Channels = IsScan ? Config.InnerWidth : null,
        Heads = IsScan ? null : Config.Heads,
        Rows =
        [
            IsScan
                ? new(
                    "mixer",
                    $"{Config.InnerWidth} channels (0 to {Config.InnerWidth - 1}) with {Config.StateSize} states, step size of rank "
                        + $"{Config.DtRank}, convolution over {Config.ConvWidth} tokens",
                    Fact.Value("inner_width", Config.InnerWidth),
                    Fact.Value("state_size", Config.StateSize),
                    Fact.Value("dt_rank", Config.DtRank),
                    Fact.Value("conv_width", Config.ConvWidth),
                    Fact.Value("directions", Directions))
                : SoftmaxFacts.Of(Config.Heads, Config.Width, Config.MlpWidth, Config.NormEpsilon),
        ],
    };

    /// <inheritdoc/>
    public ModelWork Work
    {
        get
        {
            var (d, E, N, R, m) = (Config.Width, Config.InnerWidth, Config.StateSize, Config.DtRank, Config.MlpWidth);
            var block = IsScan
                ? ModelWork.Product(1, d, 2 * E) + (Directions * (ModelWork.Product(1, E, R + (2 * N)) + ModelWork.Product(1, R, E)))
                    + ModelWork.Product(1, E, d)
                : ModelWork.Product(1, d, 4 * d) + (2 * ModelWork.Product(1, d, m));
            return new()
            {
                // A token more is an embedding more; of a table there are always as many.
                Embedding = IsOfSteps ? 0 : ModelWork.Product(1, Format.Values, d),
                Linear = (IsOfSteps ? ModelWork.Product(1, PatchLength * Format.Values, d) : 0) + (Config.Depth * block),
                Head = ModelWork.Product(1, d, Config.Classes),
                Mixers =
                [
                    .. Enumerable.Repeat<MixerWork>(
                        IsScan ? new ScanWork(Directions, E, N) : new SoftmaxWork(d, Config.Heads, IsCausal: false), Config.Depth),
                ],
                Products = IsScan ? [(d, 2 * E)] : [(d, 3 * d), (d, m)],
                Bytes = WeightTotals.Of(AllWeights).Bytes,
            };
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object> Settings
    {
        get
        {
            var settings = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["model_type"] = SeriesArchitecture.ModelType,
                ["mixer"] = IsScan ? "scan" : "attention",
                ["hidden_size"] = Config.Width,
                ["num_hidden_layers"] = Config.Depth,
                ["num_labels"] = Config.Classes,
                ["pooling"] = Config.ReadsLast ? "last" : "mean",
                [IsOfSteps ? "channels" : "features"] = Format.Variables.Select(variable => variable.Name).ToArray(),
                ["means"] = Scale.Means.ToArray(),
                ["deviations"] = Scale.Deviations.ToArray(),
            };
            if (Config.Number is { } number)
            {
                settings["problem_type"] = "regression";
                settings["target"] = number.Name;
                settings["target_mean"] = number.Mean;
                settings["target_deviation"] = number.Deviation;
                if (number.Unit is { } unitOfNumber)
                {
                    settings["target_unit"] = unitOfNumber;
                }
            }

            if (IsOfSteps)
            {
                settings["patch_length"] = PatchLength;
            }

            if (IsScan)
            {
                settings["state_size"] = Config.StateSize;
                settings["bidirectional"] = Config.IsBidirectional;
            }
            else
            {
                settings["num_attention_heads"] = Config.Heads;
                settings["intermediate_size"] = Config.MlpWidth;
            }

            // What the reader assumes is not written.
            if (Format.Variables.Any(variable => variable.Unit is not null))
            {
                settings["units"] = Format.Variables.Select(variable => variable.Unit ?? "").ToArray();
            }

            if (Format.Variables.Any(variable => variable.Categories is not null))
            {
                settings["categories"] = Format.Variables
                    .Where(variable => variable.Categories is not null)
                    .ToDictionary(variable => variable.Name, variable => (object)variable.Categories!.ToArray(), StringComparer.Ordinal);
            }

            if (Format.TimeUnit is { } unit)
            {
                settings["time_unit"] = unit;
            }

            if (Format.TimeStep != 1)
            {
                settings["time_step"] = Format.TimeStep;
            }

            if (Config.NormEpsilon != SeriesModelSettings.StandardNormEpsilon)
            {
                settings["layer_norm_epsilon"] = Math.Round(Config.NormEpsilon, 12);
            }

            return settings;
        }
    }

    /// <inheritdoc/>
    public ISeriesModel With(WeightSource weights) => new SeriesClassifier(Config, new(Config, weights));
}
