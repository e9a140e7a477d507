using Mambascope.Autodiff.Operators;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>All weights of a MedMamba, by the names of the public code.</summary>
internal sealed class MedMambaWeights
{
    private const string Convolutions = "conv33conv33conv11.";

    /// <summary>Asks <paramref name="source"/> for every weight that a model of this configuration has.</summary>
    public MedMambaWeights(MedMambaConfig config, WeightSource source)
    {
        var all = new List<Weight>();
        var epsilon = config.NormEpsilon;
        var first = config.Widths[0];
        Stem = new PatchStem(
            Take("patch_embed.proj.weight", first, config.Channels, Mixers.Stem.Patch, Mixers.Stem.Patch),
            Take("patch_embed.proj.bias", first),
            NormOf("patch_embed.norm", first));
        Stages = [.. Enumerable.Range(0, config.Depths.Count).Select(Stage)];
        Head = Take("head.weight", config.Classes, config.Widths[^1]);
        HeadBias = Take("head.bias", config.Classes);
        All = all;

        Stage Stage(int stage)
        {
            var at = $"layers.{stage}.";
            Backbone layers = new([.. Enumerable.Range(0, config.Depths[stage]).Select(block => Block($"{at}blocks.{block}.", stage))]);
            return new(
                stage == 0 ? null : Merging($"layers.{stage - 1}.downsample.", config.Widths[stage - 1], config.Widths[stage]), layers);
        }

        PatchMerging Merging(string at, int from, int to)
            => new(NormOf(at + "norm", 4 * from), Take(at + "reduction.weight", to, 4 * from), isCropped: true);

        IReadOnlyList<ResidualBranch> Block(string at, int stage)
        {
            var half = config.Widths[stage] / 2;
            ConvolutionBranch convolutions = new(
                BatchNorm(at + Convolutions + "0", half),
                Conv(at + Convolutions + "1", half, 3),
                BatchNorm(at + Convolutions + "2", half),
                Conv(at + Convolutions + "4", half, 3),
                BatchNorm(at + Convolutions + "5", half),
                Conv(at + Convolutions + "7", half, 1));
            var norm = NormOf(at + "ln_1", half);
            Ss2dMixer scans = new(Ss2d(at + "self_attention.", half, stage));
            return [new(norm: null, new SplitMixer(convolutions, norm, scans))];
        }

        (Weight Weight, Weight Bias) Conv(string at, int width, int kernel)
            => (Take(at + ".weight", width, width, kernel, kernel), Take(at + ".bias", width));

        BatchNormWeights BatchNorm(string at, int width)
            => new(
                Take(at + ".weight", width), Take(at + ".bias", width), Take(at + ".running_mean", width),
                Take(at + ".running_var", width), epsilon);

        Ss2dWeights Ss2d(string at, int d, int stage)
            => Ss2dWeights.Of(
                Take, at, d, config.InnerWidths[stage], config.DtRanks[stage], config.StateSize, hasGate: true, hasConvBias: true, epsilon);

        Norm NormOf(string at, int width) => new(Take(at + ".weight", width), Take(at + ".bias", width), epsilon);

        Weight Take(string name, params int[] shape)
        {
            var weight = source(name, shape);
            all.Add(weight);
            return weight;
        }
    }

    /// <summary>Every weight once, in the order of the forward pass.</summary>
    public IReadOnlyList<Weight> All { get; }

    /// <summary>From pixels to tokens.</summary>
    internal Stem Stem { get; }

    /// <summary>The stages.</summary>
    internal IReadOnlyList<Stage> Stages { get; }

    /// <summary>head.weight (classes, C).</summary>
    internal Weight Head { get; }

    /// <summary>head.bias (classes).</summary>
    internal Weight HeadBias { get; }
}
