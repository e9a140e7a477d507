using Mambascope.Autodiff;
using Mambascope.Evaluation.Datasets;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Recipes;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

public sealed class GradientLanesTests
{
    private static readonly VisionMambaConfig config = new()
    {
        ImageSize = 56,
        PatchSize = 8,
        Stride = 8,
        Width = 8,
        Depth = 2,
        InnerWidth = 16,
        StateSize = 4,
        DtRank = 1,
        Classes = 8,
    };

    [Fact]
    public void Lanes_give_the_gradient_of_the_whole_batch()
    {
        using var workers = new Workers(2);
        var model = new VisionMamba(config, new(config, RandomWeights.Source(1)));
        var batch = Batch(workers, 11); // lanes of 3, 3, 3 and 2
        using var lanes = new CaseGradients(model, microBatch: 4);
        var loss = lanes.Run(workers, Scores(model, batch), batch.Labels, smoothing: 0.1);

        var whole = new WeightGradients<float>(model.Weights.All);
        using var tape = new Tape<float>(workers, new BufferPool<float>(), isRecording: true);
        var trace = model.Forward(tape, batch.Pixels);
        var gradient = new float[trace.Logits.Data.Count];
        var expected = LabelSmoothingCrossEntropy.Evaluate(trace.Logits.Data.ToArray(), batch.Labels, 0.1, gradient);
        using var replay = tape.Backward(trace.Logits, Activation<float>.Of(gradient, 11, 1, 8), [], rules: null, whole);
        Assert.Equal(expected, loss, tolerance: 1e-6);
        foreach (var weight in model.Weights.All)
        {
            Golden.AssertClose(
                weight.Name,
                Array.ConvertAll(lanes.Gradient(weight), v => (double)v),
                Array.ConvertAll(whole[weight], v => (double)v),
                2e-5);
        }
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        float[][]? expected = null;
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var workers = new Workers(threads);
            var model = new VisionMamba(config, new(config, RandomWeights.Source(1)));
            using var lanes = new CaseGradients(model, microBatch: 4);
            var batch = Batch(workers, 16);
            lanes.Run(workers, Scores(model, batch), batch.Labels, smoothing: 0.1);
            var gradients = model.Weights.All.Select(weight => lanes.Gradient(weight)).ToArray();
            expected ??= gradients;
            Assert.Equal(expected, gradients);
        }
    }

    private static CaseGradients.Scores Scores(VisionMamba model, SceneBatch batch)
        => (tape, first, count) => model.Forward(tape, batch.Pixels.Items(first, count)).Logits;

    private static SceneBatch Batch(Workers workers, int size)
    {
        var batch = new SceneBatch(size);
        batch.Fill(workers, FashionScenes.Test().Render, first: 0);
        return batch;
    }
}
