using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Complexity;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Faithfulness;
using Mambascope.Evaluation.Localisation;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Robustness;
using Mambascope.Evaluation.Sanity;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Evaluation.Runs;

/// <summary>
/// What a run writes is what the measures say when they are asked directly, in whatever order and by how many threads it was worked out.
/// </summary>
public sealed class PictureRunTests
{
    private static readonly PictureModel vim = SmallEvaluation.Vim;

    public static TheoryData<string> Names => [.. MeasureRegistry.NamesOf(CaseKind.Picture)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_and_interruptions_change_nothing(string name)
    {
        var run = SmallEvaluation.Run(MeasureRegistry.Standard(name), vim, SmallEvaluation.DeiT);
        var expected = SmallEvaluation.Lines(run).ConvertAll(line => line.ToLine());
        Assert.Equal(SmallEvaluation.Data.Count * 14, expected.Count);
        Assert.Equal(expected, SmallEvaluation.Lines(run, threads: 3).ConvertAll(line => line.ToLine()));
        Assert.Equal(
            expected,
            SmallEvaluation
                .Lines(SmallEvaluation.Run(MeasureRegistry.Standard(name), vim, SmallEvaluation.DeiT), atOnce: 2)
                .ConvertAll(line => line.ToLine()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_table_has_a_row_for_every_method_and_figures_that_lines_give_back(string name)
    {
        var test = MeasureRegistry.Standard(name);
        var methods = MethodLines.Of(
            SmallEvaluation.Lines(SmallEvaluation.Run(test, vim)).ConvertAll(line => ResultLine.Parse(line.ToLine(), "file", 1)));
        var table = test.Table(methods);
        Assert.Equal(
            ["raw.exact", "attribution.exact", "smoothgrad+samples=3", "random", "centre-gaussian", "colour", "oracle"],
            table.Rows.Select(row => row[1].Words));
        Assert.All(table.Rows, row => Assert.Equal(5, row[2].Things));
        Assert.Contains("random", table.Note, StringComparison.Ordinal);
        Assert.NotEmpty(test.Figures);
        Assert.All(test.Figures, figure => Assert.All(methods, method =>
            {
                Assert.True(double.IsFinite(figure.Measure(method).Interval().Mean));
                Assert.True(double.IsFinite(figure.PerCase(method.Lines[0])));
            }));
        Assert.All(test.Curves(methods), chart =>
            Assert.All(chart.Series, series =>
                Assert.All(series.Points, point => Assert.InRange(point.Y, chart.YMinimum, chart.YMaximum))));
    }

    [Fact]
    public void Localisation_weak_supervision_and_complexity_are_the_measures_themselves()
    {
        Compare(new LocalisationMeasure(tolerance: 2), (_, image, map) => MapLocalisation.Measure(map, Mask(image), tolerance: 2));
        Compare(new WeakSupervisionMeasure(MapThreshold.Otsu), (_, image, map) =>
            WeakSupervision.Measure(map, Mask(image), MapThreshold.Otsu));
        Compare(new ComplexityMeasure(), (_, _, map) => MapComplexity.Measure(map));
    }

    [Fact]
    public void Weak_supervision_sums_up_its_records()
    {
        var measure = new WeakSupervisionMeasure(MapThreshold.Mean);
        var methods = MethodLines.Of(SmallEvaluation.Lines(SmallEvaluation.Run(measure, vim)));
        var table = measure.Table(methods);
        for (var m = 0; m < methods.Count; m++)
        {
            var records = methods[m].Records<WeakSupervisionRecord>();
            var best = Enumerable.Range(0, 100).MaxBy(step => records.Count(record => record.SweptBoxIoU[step] >= 0.5));
            var (maskIoU, corLoc, maxBox) = (
                Bootstrap.Of([.. records.Select(record => record.MaskIoU)]),
                Bootstrap.Of([.. records.Select(record => record.BoxIoU >= 0.5 ? 1.0 : 0)]),
                Bootstrap.Of([.. records.Select(record => record.SweptBoxIoU[best] >= 0.5 ? 1.0 : 0)]));
            var row = table.Rows[m];
            Golden.AssertClose(
                methods[m].Method,
                [row[3].Value, row[3].Lower, row[3].Upper, row[4].Value, row[4].Lower, row[5].Value, row[5].Upper, row[6].Value],
                [
                    100 * maskIoU.Mean, 100 * maskIoU.Lower, 100 * maskIoU.Upper, 100 * corLoc.Mean, 100 * corLoc.Lower,
                    100 * maxBox.Mean, 100 * maxBox.Upper, best / 100.0,
                ],
                1e-12);
        }
    }

    [Theory]
    [InlineData("vim")]
    [InlineData("deit")]
    public void Faithfulness_is_the_measure_itself(string name)
    {
        var model = name == "vim" ? vim : SmallEvaluation.DeiT;
        using var workers = new Workers(1);
        var sampling = new PatchSampling { Samples = 12, Share = 0.3 };
        Compare(new FaithfulnessMeasure(sampling), model, (_, image, map) =>
        {
            var input = model.Preprocessing.Apply(SmallEvaluation.Data.Read(image).Image);
            var drops = PatchDrops.Measure(
                model.Classifier(workers, new()),
                new(input, model.Preprocessing),
                5,
                5,
                Explained(workers, model, image),
                image,
                sampling with
                {
                    Seed = SmallEvaluation.Seed,
                });
            return MapFaithfulness.Measure(drops, map);
        });
    }

    [Fact]
    public void Robustness_is_the_measure_itself_and_what_ignores_the_picture_scores_nothing()
    {
        using var workers = new Workers(1);
        var lines = Compare(new RobustnessMeasure(radius: 0.1, samples: 3), (method, image, _) =>
        {
            var input = vim.Preprocessing.Apply(SmallEvaluation.Data.Read(image).Image);
            var explained = Explained(workers, vim, image);
            return MaxSensitivity.Measure(
                pixels => Explain(workers, vim.Network, pixels, explained, method),
                new(input, vim.Preprocessing),
                image,
                radius: 0.1,
                samples: 3,
                SmallEvaluation.Seed);
        });
        Assert.All(lines.Where(line => line.Method is "oracle" or "colour" or "centre-gaussian"), line =>
            Assert.Equal(new(0, 0, IsDegenerate: false), line.As<SensitivityRecord>()));
        Assert.All(lines.Where(line => line.Method == "random"), line => Assert.InRange(line.As<SensitivityRecord>().Mean, 0.4, 1));
    }

    [Theory]
    [InlineData("vim")]
    [InlineData("deit")]
    public void Sanity_is_the_measure_itself_and_what_ignores_the_model_stays(string name)
    {
        var model = name == "vim" ? vim : SmallEvaluation.DeiT;
        using var workers = new Workers(1);
        var cascade = RandomisedModel.Cascade(model.Network, steps: 3, SmallEvaluation.Seed);
        Assert.Equal(("head", "cls_token"), (cascade[0].LastStage, cascade[^1].LastStage));
        var lines = Compare(new SanityMeasure(steps: 3, draws: 1, isShifted: false), model, (method, image, map) =>
        {
            var input = model.Preprocessing.Apply(SmallEvaluation.Data.Read(image).Image);
            var explained = Explained(workers, model, image);
            return ParameterRandomisation.Measure(
                map, cascade.Select(step => Explain(workers, step.Network, Pixels(input), explained, method)));
        });
        Assert.All(lines.Where(line => line.Method is "oracle" or "colour" or "centre-gaussian"), line =>
            Assert.All(line.As<RandomisationRecord>().Correlations, rho => Assert.Equal(1, rho, 1e-12)));
        // No class, no classifier.
        Assert.All(lines.Where(line => line.Method is "raw.exact" or "raw"), line =>
            Assert.Equal(1, line.As<RandomisationRecord>().Correlations[0], 1e-12));
        Assert.All(lines.Where(line => line.Method is not ("oracle" or "colour" or "centre-gaussian")), line =>
            Assert.InRange(line.As<RandomisationRecord>().Correlations[^1], -1, 0.99));
        Assert.Throws<BadInputException>(() => RandomisedModel.Cascade(model.Network, steps: 100, seed: 0));
    }

    private static List<ResultLine> Compare<TRecord>(IMeasure test, Func<MeasuredMethod, int, RelevanceMap<float>, TRecord> direct)
        => Compare(test, vim, direct);

    // Random controls are drawn anew where a test explains again; they are left to the tests' own assertions.
    private static List<ResultLine> Compare<TRecord>(
        IMeasure test, PictureModel model, Func<MeasuredMethod, int, RelevanceMap<float>, TRecord> direct)
    {
        var lines = SmallEvaluation.Lines(SmallEvaluation.Run(test, model));
        var methods = SmallEvaluation
            .Methods(model)
            .Where(method => method.Attribution is not null)
            .ToDictionary(method => method.Name, StringComparer.Ordinal);
        using var workers = new Workers(1);
        var compared = 0;
        foreach (var line in lines.Where(line => methods.ContainsKey(line.Method)))
        {
            var input = model.Preprocessing.Apply(SmallEvaluation.Data.Read(line.Index).Image);
            var map = Explain(workers, model.Network, Pixels(input), line.Explained, methods[line.Method]);
            Assert.Equal(ResultLine.RecordOf(direct(methods[line.Method], line.Index, map)).ToJsonString(), line.Record.ToJsonString());
            compared++;
        }

        Assert.Equal(3 * SmallEvaluation.Data.Count, compared);
        return lines;
    }

    private static RelevanceMap<float> Explain(
        Workers workers, IVisionModel model, Activation<float> pixels, int explained, MeasuredMethod method)
    {
        using var trace = model.Forward(new Tape<float>(workers, new BufferPool<float>(), isRecording: true), pixels);
        using var decision = new Decision<float>(trace, [explained]);
        var (attribution, options) = method.Attribution!.Value;
        return attribution.Explain(decision, model, options)[0];
    }

    private static int Explained(Workers workers, PictureModel model, int image)
    {
        var scores = model
            .Classifier(workers, new())(Pixels(model.Preprocessing.Apply(SmallEvaluation.Data.Read(image).Image)))
            .Row(0)
            .ToArray();
        return Array.IndexOf(scores, scores.Max());
    }

    private static Activation<float> Pixels(PreprocessedImage input)
        => Activation<float>.Of(input.PixelValues, 1, input.ChannelCount * input.Height, input.Width);

    private static ObjectMask Mask(int image) => new(SmallEvaluation.Data.Read(image).Mask!, 20, 20);
}
