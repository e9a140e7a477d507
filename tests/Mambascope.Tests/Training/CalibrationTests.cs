using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

public sealed class CalibrationTests
{
    // Labels drawn from softmax(logits): right at temperature 1, so logits three times as large need 3.
    [Theory]
    [InlineData(1f)]
    [InlineData(3f)]
    [InlineData(0.5f)]
    public void The_temperature_undoes_a_factor_of_the_scores(float factor)
    {
        var random = new Random(3);
        var (logits, labels) = (new float[4000 * 3], new int[4000]);
        for (var i = 0; i < labels.Length; i++)
        {
            var row = Enumerable.Range(0, 3).Select(_ => (4 * random.NextDouble()) - 2).ToArray();
            var (draw, total) = (random.NextDouble(), row.Sum(Math.Exp));
            while ((draw -= Math.Exp(row[labels[i]]) / total) > 0)
            {
                labels[i]++;
            }

            for (var k = 0; k < 3; k++)
            {
                logits[(3 * i) + k] = (float)(factor * row[k]);
            }
        }

        var scores = new CaseScores(logits, labels);
        var temperature = Temperature.Of(scores);
        Assert.InRange(temperature, 0.9 * factor, 1.1 * factor);
        Assert.True(scores.Loss(temperature: temperature) <= scores.Loss());
        Assert.True(scores.Loss(temperature: temperature) <= scores.Loss(temperature: 1.1 * temperature));
        Assert.True(scores.Loss(temperature: temperature) <= scores.Loss(temperature: 0.9 * temperature));
    }

    [Fact]
    public void Few_cases_that_are_all_right_do_not_make_it_sure()
    {
        var scores = new CaseScores([1, -1, 2, -1, -1, 1], [0, 0, 1]);
        Assert.InRange(Temperature.Of(scores), 0.5, 0.95);
    }

    [Theory]
    [InlineData("vim")]
    [InlineData("vit")]
    [InlineData("vmamba")]
    public void Dividing_the_head_divides_the_scores(string architecture)
    {
        var made = ModelTraining.Pictures(architecture);
        var sizes = new PictureSizes { ImageSize = 16, PatchSize = 4, Width = 32, Depth = 2, Classes = 3 };
        var model = made.Create(sizes, RandomWeights.Source(1));
        var before = Scores(model);
        Temperature.DivideHead(model, 3, 2);
        Assert.All(Scores(model).Zip(before), pair => Assert.Equal(pair.Second / 2, pair.First, 1e-5f));
    }

    [Fact]
    public void Figures_are_those_of_a_small_example()
    {
        // Three of class 0 with answers 0, 0, 1 and two of class 1 with answers 1, 0.
        var scores = new CaseScores([2, 0, 1, 0, 0, 1, 0, 3, 1.5f, 0], [0, 0, 0, 1, 1]);
        var figures = ClassificationFigures.Of(scores);
        Assert.Equal(0.6, figures.Accuracy.Rate, 1e-12);
        Assert.Equal((2 / 3.0 + 0.5) / 2, figures.BalancedAccuracy, 1e-12);
        Assert.Equal([[2, 1], [1, 1]], figures.Confusion.Select(row => row.ToArray()));

        // Of the six pairs of one and one the second class stands higher in those of the fourth case (3) and in one of the fifth.
        Assert.Equal(4 / 6.0, figures.Auc.Mean, 1e-12);
        Assert.InRange(figures.Auc.Mean, figures.Auc.Lower, figures.Auc.Upper);
    }

    [Fact]
    public void Balanced_weights_make_every_class_count_the_same()
    {
        var weights = Objective.BalancedWeights([30, 10]);
        Assert.Equal(30 * weights[0], 10 * weights[1], 1e-9);
        Assert.Equal(40, (30 * weights[0]) + (10 * weights[1]), 1e-9);
    }

    private static float[] Scores(IVisionModel model)
    {
        using var workers = new Workers(1);
        var pixels = Activation<float>.Zeros(1, 48, 16);
        for (var i = 0; i < pixels.Buffer.Length; i++)
        {
            pixels.Buffer[i] = MathF.Sin(i);
        }

        using var tape = new Tape<float>(workers, new BufferPool<float>(), isRecording: false);
        return model.Forward(tape, pixels).Logits.Data.ToArray();
    }
}
