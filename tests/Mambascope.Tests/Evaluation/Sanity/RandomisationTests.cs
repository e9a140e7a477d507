using Mambascope.Attribution;
using Mambascope.Evaluation.Sanity;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Evaluation.Perturbation;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Evaluation.Sanity;

public sealed class RandomisationTests
{
    private static readonly int[] stagesTried = [0, 5, 8];

    [Fact]
    public void The_cascade_goes_from_the_classifier_to_the_embedding()
    {
        var weights = TinyVim.Weights(TinyVim.Config);
        var cascade = new WeightRandomisation(weights.All, seed: 1);
        Assert.Equal(["head", "norm_f", "layers.2", "layers.1", "layers.0", "patch_embed", "pos_embed", "cls_token"], cascade.Stages);

        VisionMambaWeights half = new(TinyVim.Config, cascade.Source(3));
        Assert.NotEqual(weights.Head.Values<float>(), half.Head.Values<float>());
        Assert.Equal(weights.Head.Values<float>().Order(), half.Head.Values<float>().Order());
        Assert.NotEqual(weights.Blocks[2].InProj.Values<float>(), half.Blocks[2].InProj.Values<float>());
        Assert.Same(weights.Blocks[1].InProj, half.Blocks[1].InProj);
        Assert.Equal(
            half.Head.Values<float>(),
            new VisionMambaWeights(TinyVim.Config, new WeightRandomisation(weights.All, seed: 1).Source(1)).Head.Values<float>());
        Assert.NotEqual(
            half.Head.Values<float>(),
            new VisionMambaWeights(TinyVim.Config, new WeightRandomisation(weights.All, seed: 2).Source(1)).Head.Values<float>());
        Assert.Same(weights.Head, new VisionMambaWeights(TinyVim.Config, cascade.Source(0)).Head);
        Assert.Throws<BadInputException>(() => new VisionMambaWeights(TinyVim.Config with { Depth = 4 }, cascade.Source(0)));
    }

    [Fact]
    public void A_method_that_reads_the_model_changes_with_it()
    {
        using var workers = new Workers(1);
        var weights = TinyVim.Weights(TinyVim.Config);
        var cascade = new WeightRandomisation(weights.All, seed: 1);
        var maps = stagesTried.Select(stages =>
        {
            var model = new VisionMamba(TinyVim.Config, new(TinyVim.Config, cascade.Source(stages)));
            using var trace = TinyVim.Run<float>(workers, model);
            using var decision = new Decision<float>(trace, [0]);
            return AttributionMethods.Find("input-x-gradient", ModelShape.Of(MixerKind.Scan)).Explain(decision, model, new())[0];
        }).ToArray();
        var record = ParameterRandomisation.Measure(maps[0], maps);
        Assert.Equal(1, record.Correlations[0], tolerance: 1e-12);
        Assert.InRange(record.Correlations[1], -1, 0.9);
        Assert.InRange(record.Correlations[2], -1, 0.9);
    }

    [Fact]
    public void Worked_by_hand()
    {
        // Ranks 1 2 3 4 against 1 3 2 4: 1 - 6 · 2 / (4 · 15).
        var record = ParameterRandomisation.Measure(
            Pictures.Map(2, 2, 1, 2, 3, 4),
            [Pictures.Map(2, 2, 0, 9, 5, 10), Pictures.Map(2, 2, 4, 3, 2, 1), Pictures.Map(2, 2, 1, 1, 1, 1)]);
        Golden.AssertClose("correlations", [.. record.Correlations], [0.8, -1, 0], 1e-12);
        Assert.True(ParameterRandomisation.Measure(Pictures.Map(2, 2, 1, 1, 1, 1), []).IsDegenerate);
    }
}
