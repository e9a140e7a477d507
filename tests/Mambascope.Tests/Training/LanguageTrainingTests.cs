using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

public sealed class LanguageTrainingTests : IDisposable
{
    private static readonly MambaConfig config = TinyLanguageModels.MambaConfig with { VocabularySize = 256 };
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Lanes_give_the_gradient_of_the_whole_batch_on_any_number_of_threads()
    {
        var model = TinyLanguageModels.Mamba(config);
        var windows = Windows(5, 12);
        float[][]? first = null;
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var workers = new Workers(threads);
            using var lanes = new LanguageGradients(model);
            var loss = lanes.Run(workers, windows);
            float[][] gradients = [.. model.AllWeights.Select(lanes.Gradient)];
            first ??= gradients;
            Assert.Equal(first, gradients);

            var whole = new WeightGradients<float>(model.AllWeights);
            using var tape = new Tape<float>(workers, new BufferPool<float>(), isRecording: true);
            var trace = model.Forward(tape, TokenBatch.Of([.. windows.Select(w => w[..^1].ToArray().Select(b => (int)b).ToArray())]), ScorePositions.All);
            var logits = trace.Logits.Data.ToArray();
            var expected = NextTokenCrossEntropy.Evaluate(logits, [.. windows.SelectMany(w => w[1..].ToArray().Select(b => (int)b))], 1f / 60) / 60;
            using var replay = tape.Backward(trace.Logits, Activation<float>.Of(logits, 5, 12, 256), [], rules: null, whole);
            Assert.Equal(expected, loss, 1e-6);
            foreach (var weight in model.AllWeights)
            {
                Golden.AssertClose(weight.Name, Array.ConvertAll(lanes.Gradient(weight), v => (double)v), Array.ConvertAll(whole[weight], v => (double)v), 2e-5);
            }
        }
    }

    [Fact]
    public void A_model_that_knows_nothing_needs_eight_bits_per_byte()
    {
        var model = TinyLanguageModels.Mamba(config with { IsHeadTied = false });
        Array.Clear(model.Weights.Head.Data);
        model.Weights.Head.Changed();
        using var workers = new Workers(2);
        Assert.Equal(8, BitsPerByte.Of(workers, model, Windows(1, 100)[0], context: 16), 1e-5);
    }

    [Fact]
    public void Every_byte_but_the_first_is_scored_once_whatever_the_window()
    {
        var model = TinyLanguageModels.Mamba(config);
        var text = Windows(1, 40)[0];
        using var workers = new Workers(2);
        using var tape = new Tape<float>(workers, new BufferPool<float>(), isRecording: false);
        int[] ids = [.. text.ToArray().Select(b => (int)b)];
        var logits = model.Forward(tape, TokenBatch.Of(ids[..^1]), ScorePositions.All).Logits.Data.ToArray();
        Assert.Equal(NextTokenCrossEntropy.Evaluate(logits, ids[1..]) / 40 / Math.Log(2), BitsPerByte.Of(workers, model, text, context: 1000), 1e-5);
        Assert.NotEqual(BitsPerByte.Of(workers, model, text, context: 1000), BitsPerByte.Of(workers, model, text, context: 7), 1e-5);
    }

    [Fact]
    public void A_run_leaves_a_model_that_opens_reads_bytes_and_is_the_averaged_one()
    {
        var (text, state) = (Path.Combine(folder, "text.txt"), TrainingStateFile.InUserCache("test-" + Guid.NewGuid().ToString("N")));
        File.WriteAllText(text, string.Concat(Enumerable.Repeat("to be or not to be, that is the question\n", 100)));
        try
        {
            var settings = new DemoMambaSettings { Width = 16, Depth = 1, StateSize = 4, Steps = 30, BatchSize = 4, Context = 32, WarmUpSteps = 5, PeakLearningRate = 1e-2, AverageDecay = 0.9 };
            using var log = new StringWriter();
            var model = Path.Combine(folder, "model");
            using (var run = new LanguageTraining(settings, text, model, Path.GetFileName(state.Folder), threads: 2, log))
            {
                run.Run(CancellationToken.None);
            }

            TestContext.Current.TestOutputHelper?.WriteLine(log.ToString());
            using var workers = new Workers(2);
            var bits = LanguageTraining.Test(workers, model, text, settings.Context, TextWriter.Null);
            Assert.InRange(bits, 0.1, 6);
            Assert.Equal("bytes", LanguageModelFile.Open(model).Config!.GetString("tokenizer", ""));
            Assert.Contains($"{bits:F4} bits per byte (weights as written)", log.ToString(), StringComparison.Ordinal);

            // All steps are done: the same command again only measures.
            using var again = new LanguageTraining(settings, text, model, Path.GetFileName(state.Folder), threads: 1, log);
            again.Run(CancellationToken.None);
            Assert.Contains("going on at step 30", log.ToString(), StringComparison.Ordinal);
            using var other = new LanguageTraining(settings with { Seed = 2 }, text, model, Path.GetFileName(state.Folder), threads: 1, log);
            Assert.Contains("other settings", Assert.Throws<BadInputException>(() => other.Run(CancellationToken.None)).Message, StringComparison.Ordinal);
        }
        finally
        {
            if (Directory.Exists(state.Folder))
            {
                Directory.Delete(state.Folder, recursive: true);
            }
        }
    }

    private static ReadOnlyMemory<byte>[] Windows(int count, int length)
    {
        var bytes = new byte[count * (length + 1)];
        new Random(3).NextBytes(bytes);
        return [.. Enumerable.Range(0, count).Select(i => new ReadOnlyMemory<byte>(bytes, i * (length + 1), length + 1))];
    }
}
