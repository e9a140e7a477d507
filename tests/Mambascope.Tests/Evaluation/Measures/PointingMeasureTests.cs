using Mambascope.Attribution;
using Mambascope.Evaluation;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Runs;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Evaluation.Measures;

/// <summary>Two garments in a scene, each explained in turn.</summary>
public sealed class PointingMeasureTests
{
    private const int Scenes = 12;
    private static readonly VisionMambaConfig config = new()
    {
        ImageSize = 56,
        PatchSize = 4,
        Stride = 4,
        Width = 8,
        Depth = 2,
        InnerWidth = 16,
        StateSize = 4,
        DtRank = 1,
        Classes = 8,
    };
    private static readonly IImageDataset data = DatasetSpecification.Open($"fashion-scenes:two-items:{Scenes}");

    [Fact]
    public void Shares_add_up_and_methods_are_called_as_everywhere()
    {
        var measured = Measure();
        Assert.Equal(
            ["raw.exact", "input-x-gradient", "random", "centre-gaussian", "colour", "oracle"], measured.Select(method => method.Method));
        Assert.All(measured, method =>
            Assert.All(Records(method), record =>
                Assert.Equal(1, record.OnTarget + record.OnOther + record.OnBackground, tolerance: 1e-12)));
    }

    [Fact]
    public void A_map_that_does_not_know_the_class_hits_both_garments_alike()
    {
        foreach (var method in Measure().Where(method => method.Method is "raw.exact" or "centre-gaussian"))
        {
            Assert.All(Records(method), record => Assert.Equal(record.OnTarget, record.OnOther, tolerance: 1e-12));
        }
    }

    [Fact]
    public void The_mask_of_the_explained_garment_points_at_it()
        => Assert.All(Records(Measure()[^1]), record => Assert.Equal(new(1, 0, 0, Degenerate: 0, OwnOverOther: 1), record));

    [Fact]
    public void Random_maps_hit_a_garment_about_as_often_as_it_is_large()
    {
        var random = Bootstrap.Of([.. Records(Measure().Single(method => method.Method == "random")).Select(record => record.OnTarget)]);
        var scenes = FashionScenes.Test();
        var area = Enumerable
            .Range(0, Scenes)
            .Average(i =>
                (scenes.TwoItem(i).FirstMask.Count(m => m != 0) + scenes.TwoItem(i).SecondMask.Count(m => m != 0)) / 2.0 / (56 * 56));
        Assert.InRange(area, random.Lower - 0.15, random.Upper + 0.15);
    }

    [Fact]
    public void Each_garment_is_explained_as_a_decision_of_its_own_explains_it()
    {
        var (model, scenes, method) = (
            Network(config), FashionScenes.Test(), AttributionMethods.Find("input-x-gradient", ModelShape.Of(MixerKind.Scan)));
        var records = Records(Measure().Single(each => each.Method == "input-x-gradient"));
        using var workers = new Workers(1);
        for (var i = 0; i < Scenes; i++)
        {
            var scene = scenes.TwoItem(i);
            var input = PictureModel.Squashed(new Preprocessing(), 56).Apply(new RgbImage(56, 56, scene.Pixels));
            using var trace = model.Forward(
                new(workers, new BufferPool<float>(), isRecording: true), Activation<float>.Of(input.PixelValues, 1, 3 * 56, 56));
            var hits = 0;
            foreach (var (label, mask) in new[] { (scene.FirstLabel, scene.FirstMask), (scene.SecondLabel, scene.SecondMask) })
            {
                using var decision = new Decision<float>(trace, [label]);
                var map = method.Explain(decision, model, new())[0];
                var pixels = Upsampling.Bilinear(map.Values, map.Rows, map.Columns, 56, 56);
                hits += mask[Array.IndexOf(pixels, pixels.Max())];
            }

            Assert.Equal(hits / 2.0, records[i].OnTarget);
        }
    }

    [Fact]
    public void A_model_of_other_classes_and_data_without_a_second_object_are_refused()
    {
        var other = config with { Classes = 5 };
        var model = new PictureModel(new("m", ""), Network(other), PictureModel.Squashed(new Preprocessing(), 56));
        var refused = Assert.Throws<BadInputException>(() =>
            new MeasureRun(
                new PointingMeasure(),
                new PictureCases(data, [model]),
                [
                    [],
                ],
                ExplainedClass.True));
        Assert.Contains("8 classes", refused.Message, StringComparison.Ordinal);
        var one = new PictureCases(DatasetSpecification.Open("fashion-scenes:test:3"), [model]);
        Assert.Contains(
            "two-items",
            Assert
                .Throws<BadInputException>(() =>
                    new MeasureRun(
                        new PointingMeasure(),
                        one,
                        [
                            [],
                        ],
                        ExplainedClass.True))
                .Message,
            StringComparison.Ordinal);
        Assert.Throws<BadInputException>(() =>
            new MeasureRun(
                new PointingMeasure(),
                new PictureCases(data, [model]),
                [
                    [],
                ],
                ExplainedClass.Predicted));
    }

    private static IReadOnlyList<MethodLines> Measure()
    {
        using var workers = new Workers(2);
        var cases = new PictureCases(data, [new(new("m", ""), Network(config), PictureModel.Squashed(new Preprocessing(), 56))]);
        MeasuredMethod[] methods =
        [
            .. new[] { "raw", "input-x-gradient" }.Select(name =>
                MeasuredMethod.Of(AttributionMethods.Find(name, ModelShape.Of(MixerKind.Scan)), new())),
            .. cases.Controls(seed: 0),
        ];
        return MethodLines.Of(
            new MeasureRun(new PointingMeasure(), cases, [methods], ExplainedClass.True).Lines(
                workers, progress: null, TestContext.Current.CancellationToken));
    }

    private static PointingRecord[] Records(MethodLines method) => method.Records<PointingRecord>();

    private static VisionMamba Network(VisionMambaConfig sizes) => new(sizes, new(sizes, RandomWeights.Source(1)));
}
