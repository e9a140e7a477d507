using System.Text.Json;
using Mambascope.Evaluation;
using Mambascope.Evaluation.Controls;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;
using Mambascope.Tests.Evaluation.Perturbation;
using Xunit;

namespace Mambascope.Tests.Evaluation;

/// <summary>
/// A run keeps one line of JSON for an image and a method, and sums up from those lines alone; images are shared among threads.
/// </summary>
public sealed class StoredRecordTests
{
    private const int Images = 9;
    private static readonly ObjectMask mask = new(
        [.. Enumerable.Range(0, 400).Select(i => (byte)(i % 20 > 8 && i / 20 > 5 ? 1 : 0))], 20, 20);

    [Fact]
    public void Figures_from_stored_lines_are_the_same_to_the_last_bit()
    {
        var perturbation = Perturbation(new NoiseEraser(), threads: 1);
        var fractions = PerturbationProtocol.Deciles;
        var (before, after) = (PerturbationSummary.Of(perturbation, fractions), PerturbationSummary.Of(Stored(perturbation), fractions));
        Assert.Equal(
            (before.Positive.Auc, before.Positive.ProbabilityAuc, before.Negative.Auc),
            (after.Positive.Auc, after.Positive.ProbabilityAuc, after.Negative.Auc));
        Assert.True(before.Positive.ProbabilityAuc.Upper > before.Positive.ProbabilityAuc.Lower);

        var segmentation = Enumerable.Range(0, Images).Select(i => MapSegmentation.Measure(RandomMap.Of(5, 5, 0, i), mask)).ToArray();
        Assert.Equal(SegmentationSummary.Of(segmentation), SegmentationSummary.Of(Stored(segmentation)));

        var weak = Enumerable
            .Range(0, Images)
            .Select(i => WeakSupervision.Measure(RandomMap.Of(5, 5, 0, i), mask, MapThreshold.Otsu))
            .ToArray();
        Assert.Equal(WeakFigures(weak), WeakFigures(Stored(weak)));
    }

    [Theory]
    [InlineData("black")]
    [InlineData("noise")]
    [InlineData("road")]
    [InlineData("shuffle")]
    public void Threads_change_nothing(string eraser)
        => Assert.Equal(
            Perturbation(Erasers.Find(eraser), threads: 1).Select(record => JsonSerializer.Serialize(record)),
            Perturbation(Erasers.Find(eraser), threads: 3).Select(record => JsonSerializer.Serialize(record)));

    private static PerturbationRecord[] Perturbation(Eraser eraser, int threads)
    {
        float[] weights = [.. Enumerable.Range(0, 400).Select(i => (i % 7) - 2.5f)];
        var test = new PixelPerturbation(
            Pictures.Linear(weights, 50),
            new Preprocessing(),
            new()
            {
                Eraser = eraser,
                BatchSize = 4,
                Seed = 3,
            });
        var records = new PerturbationRecord[Images];
        using var workers = new Workers(threads);
        workers.For(Images, i =>
            records[i] = test.Prepare(Pictures.Random(20, 20, i, new Preprocessing()), i)
                .Measure(RandomMap.Of(5, 5, 1, i), explained: 0, label: i % 2));
        return records;
    }

    private static (Bootstrap, Bootstrap, int) WeakFigures(IReadOnlyList<WeakSupervisionRecord> records)
        => (
            Bootstrap.Of([.. records.Select(record => record.MaskIoU)]),
            Bootstrap.Of([.. records.Select(record => record.BoxIoU)]),
            WeakSupervision.BestThreshold(records));

    private static List<T> Stored<T>(IReadOnlyList<T> records)
        => [.. records.Select(record => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(record))!)];
}
