using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>All weights of a VMamba, by the names of the newer releases.</summary>
internal sealed class VMambaWeights
{
    /// <summary>Asks <paramref name="source"/> for every weight that a model of this configuration has.</summary>
    public VMambaWeights(VMambaConfig config, WeightSource source)
    {
        var all = new List<Weight>();
        var epsilon = config.NormEpsilon;
        Stem = config.HasConvStem ? ConvStem() : PatchStem();
        Stages = [.. Enumerable.Range(0, config.Depths.Count).Select(Stage)];
        var last = config.Widths[^1];
        FinalNorm = NormOf("classifier.norm", last);
        Head = Take("classifier.head.weight", config.Classes, last);
        HeadBias = Take("classifier.head.bias", config.Classes);
        All = all;

        PatchStem PatchStem()
        {
            var width = config.Widths[0];
            return new(
                Take("patch_embed.0.weight", width, config.Channels, Mixers.Stem.Patch, Mixers.Stem.Patch),
                Take("patch_embed.0.bias", width),
                NormOf("patch_embed.2", width));
        }

        ConvStem ConvStem()
        {
            var (width, half) = (config.Widths[0], config.Widths[0] / 2);
            return new(
                Conv("patch_embed.0", half, config.Channels, "patch_embed.2"),
                Conv("patch_embed.5", width, half, "patch_embed.7"));
        }

        (Weight Conv, Weight Bias, Norm Norm) Conv(string at, int outputs, int inputs, string norm)
            => (Take(at + ".weight", outputs, inputs, 3, 3), Take(at + ".bias", outputs), NormOf(norm, outputs));

        Stage Stage(int stage)
        {
            var at = $"layers.{stage}.";
            Backbone layers = new([.. Enumerable.Range(0, config.Depths[stage]).Select(block => Block($"{at}blocks.{block}.", stage))]);
            return new(
                stage == 0 ? null : Downsampling($"layers.{stage - 1}.downsample.", config.Widths[stage - 1], config.Widths[stage]),
                layers);
        }

        Downsampling Downsampling(string at, int from, int to)
        {
            var kernel = config.DownsampleKernel;
            return kernel == 0
                ? new PatchMerging(NormOf(at + "norm", 4 * from), Take(at + "reduction.weight", to, 4 * from), isCropped: false)
                : new ConvDownsampling(
                    Take(at + "1.weight", to, from, kernel, kernel), Take(at + "1.bias", to), NormOf(at + "3", to));
        }

        IReadOnlyList<ResidualBranch> Block(string at, int stage)
        {
            var (d, m) = (config.Widths[stage], config.MlpWidths[stage]);
            List<ResidualBranch> branches =
                [new(NormOf(at + "norm", d), new Ss2dMixer(Ss2d(at + "op.", d, stage)))];
            if (m > 0)
            {
                branches.Add(new(NormOf(at + "norm2", d), new Mlp(
                    Take(at + "mlp.fc1.weight", m, d),
                    Take(at + "mlp.fc1.bias", m),
                    Take(at + "mlp.fc2.weight", d, m),
                    Take(at + "mlp.fc2.bias", d))));
            }

            return branches;
        }

        Ss2dWeights Ss2d(string at, int d, int stage)
            => Ss2dWeights.Of(
                Take, at, d, config.InnerWidths[stage], config.DtRanks[stage], config.StateSize, config.HasGate,
                config.HasConvBias, epsilon);

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

    /// <summary>classifier.norm (C).</summary>
    internal Norm FinalNorm { get; }

    /// <summary>classifier.head.weight (classes, C).</summary>
    internal Weight Head { get; }

    /// <summary>classifier.head.bias (classes).</summary>
    internal Weight HeadBias { get; }
}
