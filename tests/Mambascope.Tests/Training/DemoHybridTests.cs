using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Recipes;
using Mambascope.Tracing;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

/// <summary>The hybrid that is trained beside demo-mamba.</summary>
public sealed class DemoHybridTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void It_is_as_large_as_its_siblings_and_sees_as_many_bytes()
    {
        var (hybrid, mamba) = (new DemoHybridSettings(), new DemoMambaSettings());
        var model = hybrid.Create(RandomWeights.Shapes());
        Assert.InRange(WeightTotals.Of(model.AllWeights).Parameters, 1_000_000, 1_200_000);
        Assert.Equal((mamba.Steps, mamba.BatchSize, mamba.PeakLearningRate), (hybrid.Steps, hybrid.BatchSize, hybrid.PeakLearningRate));
        Assert.Equal(
            [MixerKind.Scan, MixerKind.Softmax, MixerKind.Scan, MixerKind.Softmax, MixerKind.Scan, MixerKind.Softmax],
            model.Shape.Layers.Select(layer => layer.Mixers.Single().Kind));
    }

    /// <summary>Weight gradients of every part, against finite differences in double.</summary>
    [Fact]
    public void Its_weights_get_their_gradients()
    {
        var model = Small.Create(RandomWeights.Source(4));
        using var workers = new Workers(1);
        var gradients = new WeightGradients<double>(model.AllWeights);
        int[] text = [84, 111, 32, 98, 101];
        using (var tape = new Tape<double>(workers, new BufferPool<double>(), isRecording: true))
        {
            var trace = model.Forward(tape, TokenBatch.Of(text));
            var seed = Activation<double>.Zeros(1, 1, 256);
            seed.Row(0)[44] = 1;
            using var replay = tape.Backward(trace.Logits, seed, [], rules: null, gradients);
        }

        foreach (var weight in model.AllWeights)
        {
            var values = weight.Values<float>();
            foreach (var at in new[] { 0, values.Length / 2, values.Length - 1 })
            {
                var (kept, step) = (values[at], Math.Max(1e-3f, Math.Abs(values[at]) * 1e-3f));
                values[at] = kept + step;
                var (upper, above) = (values[at], Score());
                values[at] = kept - step;
                var (lower, below) = (values[at], Score());
                values[at] = kept;
                weight.Changed();
                Assert.Equal((above - below) / ((double)upper - lower), gradients[weight][at], 1e-4);
            }

            double Score()
            {
                weight.Changed();
                using var run = model.Forward(
                    new Tape<double>(workers, new BufferPool<double>(), isRecording: false), TokenBatch.Of(text));
                return run.Logits.Data.Row(0)[44];
            }
        }
    }

    [Fact]
    public void A_run_leaves_a_hybrid_that_opens()
    {
        var (text, state) = (Path.Combine(folder, "text.txt"), TrainingStateFile.InUserCache("test-" + Guid.NewGuid().ToString("N")));
        File.WriteAllText(text, string.Concat(Enumerable.Repeat("to be or not to be, that is the question\n", 100)));
        try
        {
            var model = Path.Combine(folder, "model");
            var plays = new PlayPrediction(PlayText.Load(text, context: 32), context: 32);
            using var log = new StringWriter();
            using (var run = new LanguageTraining(Small, plays, model, Path.GetFileName(state.Folder), threads: 2, log))
            {
                run.RunAndTest(CancellationToken.None);
            }

            using var workers = new Workers(2);
            var bits = -Math.Log2(LanguageTraining.Test(workers, plays, model, TextWriter.Null));
            TestContext.Current.TestOutputHelper?.WriteLine($"{bits:F3} bits per byte");
            Assert.InRange(bits, 0.1, 6);
            using var opened = TextModel.Open(model, threads: 2);
            Assert.Equal("granitemoehybrid", opened.Model.Facts.Name);
            using var answer = opened.Run("to be or n");
            Assert.Equal(10, answer.Explain("attribution").Values.Length);
        }
        finally
        {
            if (Directory.Exists(state.Folder))
            {
                Directory.Delete(state.Folder, recursive: true);
            }
        }
    }

    private static DemoHybridSettings Small => new()
    {
        Width = 32,
        Depth = 2,
        StateSize = 4,
        MlpWidth = 24,
        Steps = 30,
        BatchSize = 4,
        WarmUpSteps = 5,
        PeakLearningRate = 1e-2,
        AverageDecay = 0.9,
    };
}
