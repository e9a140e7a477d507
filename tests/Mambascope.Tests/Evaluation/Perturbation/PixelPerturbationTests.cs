using Mambascope.Evaluation.Perturbation;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Evaluation.Perturbation;

public sealed class PixelPerturbationTests
{
    private static readonly float[] ones = [1, 1, 1, 1];

    // A 2 x 2 picture of brightness 0.2, 0.4, 0.6, 0.8; class 0 scores the sum (2.0), class 1 scores 1.1.
    private static readonly byte[] bytes = [51, 102, 153, 204];

    [Fact]
    public void Deletion_worked_by_hand()
    {
        var subject = Subject(new() { Fractions = [0.25, 0.5, 0.8] });
        Assert.Equal(0, subject.Prediction);

        // Order of the map: pixel 3, 0, 2, 1; int(0.8 · 4) = 3 pixels.
        var record = subject.Measure(Pictures.Map(2, 2, 3, 1, 2, 4), explained: 0, label: 0);
        Scores([2, 1.2, 1, 0.4], record.Positive);
        Assert.Equal([0, 0, 1, 1], record.Positive.Predictions);
        Scores([2, 1.6, 1, 0.8], record.Negative);
        Assert.Equal([0, 0, 1, 1], record.Negative.Predictions);
        Assert.Equal(1 / (1 + Math.Exp(1.1 - 1.2)), record.Positive.Probabilities[1], tolerance: 1e-6);

        // Hits 1, 1, 0, 0 at 0, 0.25, 0.5, 0.8: 0.25 + 0.125.
        var summary = PerturbationSummary.Of([record], [0.25, 0.5, 0.8]);
        Assert.Equal(37.5, summary.Positive.Auc.Mean, tolerance: 1e-12);
        Assert.Equal(1, summary.CleanAccuracy);
    }

    [Fact]
    public void Insertion_puts_pixels_back_into_the_erased_picture()
    {
        var record = Subject(new() { Fractions = [0.25, 0.5, 1], Direction = PerturbationDirection.Insertion })
            .Measure(Pictures.Map(2, 2, 3, 1, 2, 4), explained: 0, label: 0);
        Scores([0, 0.8, 1, 2], record.Positive);
        Scores([0, 0.4, 1, 2], record.Negative);
        Assert.Equal(0, record.CleanPrediction);
        Assert.Equal(1, record.Positive.Predictions[0]);
    }

    [Fact]
    public void Equal_values_are_erased_in_reading_order_for_both_signs()
    {
        var record = Subject(new() { Fractions = [0.25, 0.5, 0.75] }).Measure(Pictures.Map(2, 2, 1, 1, 1, 5), explained: 0, label: 0);
        Scores([2, 1.2, 1, 0.6], record.Positive); // 3, 0, 1
        Scores([2, 1.8, 1.4, 0.8], record.Negative); // 0, 1, 2
    }

    [Fact]
    public void A_degenerate_map_is_flagged_and_erased_in_reading_order()
    {
        var record = Subject(new() { Fractions = [0.5] }).Measure(Pictures.Map(2, 2, 1, 1, 1, 1), explained: 1, label: 0);
        Assert.True(record.IsDegenerate);
        Assert.Equal(record.Positive.Predictions, record.Negative.Predictions);
        Assert.Equal(1, PerturbationSummary.Of([record], [0.5]).Degenerate);
    }

    [Fact]
    public void Known_scores_of_the_clean_picture_are_not_computed_again()
    {
        var calls = 0;
        var classify = Pictures.Linear(ones, 1.1f);
        var test = new PixelPerturbation(pixels => { calls++; return classify(pixels); }, Pictures.Plain, new() { BatchSize = 18 });
        test.Prepare(Pictures.Grey(2, 2, bytes), 0, [2f, 1.1f]);
        Assert.Equal(0, calls);
        test.Prepare(Pictures.Grey(2, 2, bytes), 0).Measure(Pictures.Map(2, 2, 3, 1, 2, 4), 0, 0);
        Assert.Equal(2, calls);
    }

    [Fact]
    public void Batch_size_changes_nothing()
    {
        var map = Pictures.Map(2, 2, 3, 1, 2, 4);
        var whole = Subject(new() { BatchSize = 18 }).Measure(map, 0, 0);
        foreach (var size in new[] { 1, 4 })
        {
            var parts = Subject(new() { BatchSize = size }).Measure(map, 0, 0);
            Assert.Equal(whole.Positive.Scores, parts.Positive.Scores);
            Assert.Equal(whole.Negative.Probabilities, parts.Negative.Probabilities);
        }
    }

    [Fact]
    public void Wrong_images_count_and_the_label_is_what_counts()
    {
        var right = Subject(new() { Fractions = [0.5] }).Measure(Pictures.Map(2, 2, 1, 2, 3, 4), explained: 0, label: 0);
        var wrong = Subject(new() { Fractions = [0.5] }).Measure(Pictures.Map(2, 2, 1, 2, 3, 4), explained: 0, label: 1);
        var summary = PerturbationSummary.Of([right, wrong], [0.5]);
        Assert.Equal(0.5, summary.CleanAccuracy);

        // Erasing the two brightest turns the answer to class 1: right then has 1, 0 and wrong 0, 1.
        Assert.Equal([0.5, 0.5], summary.Positive.Accuracy);
        Assert.Equal(25, summary.Positive.Auc.Mean, tolerance: 1e-12);
    }

    [Theory]
    [InlineData]
    [InlineData(0.0)]
    [InlineData(0.2, 0.2)]
    [InlineData(0.5, 1.1)]
    [InlineData(double.NaN)]
    public void Impossible_fractions_are_refused(params double[] fractions)
        => Assert.Throws<BadInputException>(() => Subject(new() { Fractions = fractions }));

    [Fact]
    public void Other_impossible_requests_are_refused()
    {
        Assert.Throws<BadInputException>(() => Subject(new() { BatchSize = 0 }));
        Assert.Throws<BadInputException>(() => Subject(new()).Measure(Pictures.Map(2, 2, 1, 2, 3, 4), explained: 2, label: 0));
        Assert.Throws<BadInputException>(() => PerturbationSummary.Of([], [0.5]));
        Assert.Throws<BadInputException>(() =>
            PerturbationSummary.Of([Subject(new()).Measure(Pictures.Map(2, 2, 1, 2, 3, 4), 0, 0)], [0.5]));
        var broken = new PixelPerturbation(_ => Activation<float>.Of([1, float.NaN], 1, 1, 2), Pictures.Plain);
        Assert.Contains(
            "class 1",
            Assert.Throws<BadInputException>(() => broken.Prepare(Pictures.Grey(2, 2, bytes), 0)).Message,
            StringComparison.Ordinal);
    }

    private static PerturbationSubject Subject(PerturbationProtocol protocol)
        => new PixelPerturbation(Pictures.Linear(ones, 1.1f), Pictures.Plain, protocol).Prepare(Pictures.Grey(2, 2, bytes), unit: 0);

    private static void Scores(double[] expected, PerturbationCurve curve)
        => Golden.AssertClose("scores", [.. curve.Scores], expected, 1e-6);
}
