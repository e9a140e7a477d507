using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Inputs.Images;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// MedMamba (Yue and Li 2024, arXiv 2403.03849), from its equations. Stages as VMamba's; a block splits the channels of the stream: one
/// half goes through convolutions, the other through SS2D with a gate, and both are put together in turn.
/// <code>
/// L, R = halves of the channels of X (B, L, C)
/// out[2c] = X[2c] + convolutions(L)[c],   out[2c + 1] = X[2c + 1] + SS2D(norm(R))[c]
/// head: linear( mean over tokens )
/// </code>
/// </summary>
public sealed class MedMamba : StagedModel
{
    /// <summary>Builds the model around its weights.</summary>
    internal MedMamba(MedMambaConfig config, MedMambaWeights weights)
        : base(weights.Stem, weights.Stages, config.Channels, config.ImageHeight, config.ImageWidth)
    {
        Config = config;
        Weights = weights;
    }

    /// <summary>Sizes.</summary>
    public MedMambaConfig Config { get; }

    /// <summary>Weights.</summary>
    internal MedMambaWeights Weights { get; }

    /// <inheritdoc/>
    public override int Classes => Config.Classes;

    /// <inheritdoc/>
    public override IEnumerable<Weight> AllWeights => Weights.All;

    /// <summary>Both sides to the model's size, mean and deviation one half, as in the public training code.</summary>
    public override Preprocessing StandardPreprocessing
        => (Preprocessing.Squash(Grid.ImageHeight) with { Mean = [0.5f, 0.5f, 0.5f], StandardDeviation = [0.5f, 0.5f, 0.5f] })
            .From("MedMamba's training code");

    /// <inheritdoc/>
    public override ModelFacts Facts => new()
    {
        Name = "medmamba",
        Kind = "MedMamba",
        Title = $"MedMamba, convolutions beside four scans a block, {Config.Depths.Count} stages",
        Width = Config.Widths[^1],
        Channels = Config.InnerWidths[^1],
        Stages = Config.Depths,
        Rows =
        [
            StagedFacts.Stages(Config.Depths, Config.Widths, Config.InnerWidths, Grid),
            new(
                "mixer",
                $"scans along rows and columns, both ways, on half of the channels, {Config.StateSize} states a channel; convolutions on "
                    + "the other half, which attention maps leave out",
                Fact.Value("state_size", Config.StateSize),
                Fact.Value("dt_ranks", Config.DtRanks),
                Fact.Value("directions", Ss2dMixer.Paths)),
        ],
    };

    /// <inheritdoc/>
    public override ModelWork Work => StagedFacts.Work(this, Config.Classes * Config.Widths[^1], hasConvStem: false, [
        .. Enumerable.Range(0, Config.Depths.Count).Select(stage =>
        {
            var half = Config.Widths[stage] / 2;
            return new StageWork(
                Config.Depths[stage],
                Config.Widths[stage],
                new(Ss2dMixer.Paths, Config.InnerWidths[stage], Config.StateSize),
                StagedFacts.Ss2dLinear(half, Config.InnerWidths[stage], Config.StateSize, Config.DtRanks[stage], hasGate: true)
                    + (2 * ModelWork.Product(1, 9 * half, half)) + ModelWork.Product(1, half, half),
                Kernel: 2);
        }),
    ]);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object> Settings => new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["model_type"] = "medmamba",
        ["image_size"] = StagedFacts.ImageSize(Grid),
        ["in_channels"] = Config.Channels,
        ["num_labels"] = Config.Classes,
        ["depths"] = Config.Depths,
        ["dims"] = Config.Widths,
        ["state_size"] = Config.StateSize,
        ["layer_norm_epsilon"] = Math.Round(Config.NormEpsilon, 12),
    };

    /// <inheritdoc/>
    public override IVisionModel With(WeightSource weights) => new MedMamba(Config, new(Config, weights));

    private protected override Value<T> Normalised<T>(Tape<T> tape, Value<T> stream) => stream;

    private protected override Value<T> Score<T>(Tape<T> tape, Value<T> mean) => tape.Linear(mean, Weights.Head, Weights.HeadBias);
}
