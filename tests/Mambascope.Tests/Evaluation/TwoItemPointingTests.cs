using Mambascope.Attribution;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Evaluation;

public sealed class TwoItemPointingTests
{
    private static readonly VisionMambaConfig config = new() { ImageSize = 56, PatchSize = 4, Stride = 4, Width = 8, Depth = 2, InnerWidth = 16, StateSize = 4, DtRank = 1, Classes = 8 };

    [Fact]
    public void Shares_add_up_and_do_not_depend_on_threads()
    {
        var one = Measure(threads: 1);
        var three = Measure(threads: 3);
        Assert.Equal(one, three);
        Assert.Equal(["raw exact", "input-x-gradient", "random"], one.Select(result => result.Method));
        Assert.All(one, result => Assert.Equal(1, result.OnTarget.Mean + result.OnOther.Mean + result.OnBackground.Mean, tolerance: 1e-12));
    }

    [Fact]
    public void A_map_that_does_not_know_the_class_hits_both_garments_alike()
    {
        var raw = Measure(threads: 2)[0];
        Assert.Equal(raw.OnTarget.Mean, raw.OnOther.Mean, tolerance: 1e-12);
    }

    [Fact]
    public void Random_maps_hit_a_garment_about_as_often_as_it_is_large()
    {
        var random = Measure(threads: 2)[^1];
        var scenes = FashionScenes.Test();
        var area = Enumerable.Range(0, 12).Average(i => (scenes.TwoItem(i).FirstMask.Count(m => m != 0) + scenes.TwoItem(i).SecondMask.Count(m => m != 0)) / 2.0 / (56 * 56));
        Assert.InRange(area, random.OnTarget.Lower - 0.15, random.OnTarget.Upper + 0.15);
    }

    [Fact]
    public void A_model_of_other_classes_is_refused()
    {
        using var workers = new Workers(1);
        var other = config with { Classes = 5 };
        var model = new VisionMamba(other, new(other, RandomWeights.Source(1)));
        Assert.Throws<BadInputException>(() => TwoItemPointing.Measure(workers, model, Preprocessing.Resize224Crop224(56), FashionScenes.Test(), 1, [], progress: null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Bootstrap_interval_is_near_the_normal_one_and_repeats()
    {
        var random = new Random(4);
        var values = Enumerable.Range(0, 400).Select(_ => random.NextDouble()).ToArray();
        var interval = Bootstrap.Of(values);
        var mean = values.Average();
        var half = 1.96 * Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) / values.Length);
        Assert.Equal(mean, interval.Mean, tolerance: 1e-12);
        Assert.Equal(mean - half, interval.Lower, tolerance: half / 8);
        Assert.Equal(mean + half, interval.Upper, tolerance: half / 8);
        Assert.Equal(interval, Bootstrap.Of(values));
        Assert.NotEqual(interval, Bootstrap.Of(values, seed: 1));
    }

    private static IReadOnlyList<PointingResult> Measure(int threads)
    {
        using var workers = new Workers(threads);
        var model = new VisionMamba(config, new(config, RandomWeights.Source(1)));
        return TwoItemPointing.Measure(
            workers, model, Preprocessing.Resize224Crop224(56), FashionScenes.Test(), 12,
            [(AttributionMethods.Find("raw", ModelShape.Of(MixerKind.Scan)), new()), (AttributionMethods.Find("input-x-gradient", ModelShape.Of(MixerKind.Scan)), new())], progress: null, TestContext.Current.CancellationToken);
    }
}
