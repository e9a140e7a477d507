using Mambascope.Models.Mixers;

namespace Mambascope.Models;

/// <content>What the model is, and what it costs.</content>
public sealed partial class VMamba
{
    /// <inheritdoc/>
    public override ModelFacts Facts => new()
    {
        Name = "vmamba",
        Kind = "VMamba",
        Title = $"VMamba {ForwardType}, four scans a block, {Config.Depths.Count} stages",
        Width = Config.Widths[^1],
        Channels = Config.InnerWidths[^1],
        Stages = Config.Depths,
        Rows =
        [
            StagedFacts.Stages(Config.Depths, Config.Widths, Config.InnerWidths, Grid),
            new(
                "mixer",
                $"scans along rows and columns, both ways, {Config.StateSize} {(Config.StateSize == 1 ? "state" : "states")} a channel, "
                    + $"convolution 3 x 3{(Config.HasGate ? ", gate" : "")}",
                Fact.Value("state_size", Config.StateSize),
                Fact.Value("dt_ranks", Config.DtRanks),
                Fact.Value("directions", Ss2dMixer.Paths),
                Fact.Value("forward_type", ForwardType)),
        ],
    };

    /// <inheritdoc/>
    public override ModelWork Work => StagedFacts.Work(this, Config.Classes * Config.Widths[^1], Config.HasConvStem, [
        .. Enumerable.Range(0, Config.Depths.Count).Select(stage => new StageWork(
            Config.Depths[stage],
            Config.Widths[stage],
            new(Ss2dMixer.Paths, Config.InnerWidths[stage], Config.StateSize),
            StagedFacts.Ss2dLinear(
                Config.Widths[stage], Config.InnerWidths[stage], Config.StateSize, Config.DtRanks[stage], Config.HasGate)
                + (2 * ModelWork.Product(1, Config.Widths[stage], Config.MlpWidths[stage])),
            Config.DownsampleKernel == 0 ? 2 : Config.DownsampleKernel)),
    ]);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object> Settings => new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["model_type"] = "vmamba",
        ["forward_type"] = ForwardType,
        ["image_size"] = StagedFacts.ImageSize(Grid),
        ["in_channels"] = Config.Channels,
        ["num_labels"] = Config.Classes,
        ["depths"] = Config.Depths,
        ["dims"] = Config.Widths,
        ["state_size"] = Config.StateSize,
        ["patch_embed"] = Config.HasConvStem ? "v2" : "v1",
        ["downsample"] = Config.DownsampleKernel switch { 0 => "v1", 2 => "v2", _ => "v3" },
        ["layer_norm_epsilon"] = Math.Round(Config.NormEpsilon, 12),
    };

    private string ForwardType => Config.HasGate ? "v0" : "v05_noz";

    /// <inheritdoc/>
    public override IVisionModel With(WeightSource weights) => new VMamba(Config, new(Config, weights));
}
