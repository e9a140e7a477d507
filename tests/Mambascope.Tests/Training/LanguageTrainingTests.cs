using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Recipes;
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
        TrainingWindow[] windows = [.. Windows(5, 12).Select(TrainingWindow.Of)];
        float[][]? first = null;
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var workers = new Workers(threads);
            using var lanes = new LanguageGradients(model, windows[0].Tokens.Length);
            var loss = lanes.Run(workers, windows);
            float[][] gradients = [.. model.AllWeights.Select(lanes.Gradient)];
            first ??= gradients;
            Assert.Equal(first, gradients);

            var whole = new WeightGradients<float>(model.AllWeights);
            using var tape = new Tape<float>(workers, new BufferPool<float>(), isRecording: true);
            var trace = model.Forward(tape, TokenBatch.Of([.. windows.Select(w => w.Tokens)]), ScorePositions.All);
            var logits = trace.Logits.Data.ToArray();
            var expected = NextTokenCrossEntropy.Evaluate(logits, [.. windows.SelectMany(w => w.Next)], 1f / 60) / 60;
            using var replay = tape.Backward(trace.Logits, Activation<float>.Of(logits, 5, 12, 256), [], rules: null, whole);
            Assert.Equal(expected, loss, 1e-6);
            foreach (var weight in model.AllWeights)
            {
                Golden.AssertClose(
                    weight.Name,
                    Array.ConvertAll(lanes.Gradient(weight), v => (double)v),
                    Array.ConvertAll(whole[weight], v => (double)v),
                    2e-5);
            }
        }
    }

    [Fact]
    public void A_model_that_knows_nothing_needs_eight_bits_per_byte()
    {
        var model = TinyLanguageModels.Mamba(config with { IsHeadTied = false });
        Array.Clear(model.Weights.Head.Values<float>());
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
        Assert.Equal(
            NextTokenCrossEntropy.Evaluate(logits, ids.AsSpan(1)) / 40 / Math.Log(2),
            BitsPerByte.Of(workers, model, text, context: 1000),
            1e-5);
        Assert.NotEqual(BitsPerByte.Of(workers, model, text, context: 1000), BitsPerByte.Of(workers, model, text, context: 7), 1e-5);
    }

    [Fact]
    public void A_run_leaves_a_model_that_opens_reads_bytes_and_is_the_averaged_one()
    {
        var (text, state) = (Path.Combine(folder, "text.txt"), TrainingStateFile.InUserCache("test-" + Guid.NewGuid().ToString("N")));
        File.WriteAllText(text, string.Concat(Enumerable.Repeat("to be or not to be, that is the question\n", 100)));
        try
        {
            var settings = new DemoMambaSettings
            {
                Width = 16,
                Depth = 1,
                StateSize = 4,
                Steps = 30,
                BatchSize = 4,
                WarmUpSteps = 5,
                PeakLearningRate = 1e-2,
                AverageDecay = 0.9,
            };
            using var log = new StringWriter();
            var model = Path.Combine(folder, "model");
            var plays = new PlayPrediction(PlayText.Load(text, context: 32), context: 32);
            using (var run = new LanguageTraining(settings, plays, model, Path.GetFileName(state.Folder), threads: 2, log))
            {
                run.RunAndTest(CancellationToken.None);
            }

            TestContext.Current.TestOutputHelper?.WriteLine(log.ToString());
            using var workers = new Workers(2);
            var bits = -Math.Log2(LanguageTraining.Test(workers, plays, model, TextWriter.Null));
            Assert.InRange(bits, 0.1, 6);
            Assert.Equal("bytes", ModelFile.Open(model, ModelInput.Text).Config!.GetString("tokenizer", ""));
            Assert.Contains($"weights as written: held-out text: {bits:F4} bits per byte", log.ToString(), StringComparison.Ordinal);

            // All steps are done: the same command again only measures.
            using var again = new LanguageTraining(settings, plays, model, Path.GetFileName(state.Folder), threads: 1, log);
            again.RunAndTest(CancellationToken.None);
            Assert.Contains("going on at step 30", log.ToString(), StringComparison.Ordinal);
            using var other = new LanguageTraining(
                settings with
                {
                    Seed = 2,
                },
                plays,
                model,
                Path.GetFileName(state.Folder),
                threads: 1,
                log);
            Assert.Contains(
                "other settings",
                Assert.Throws<BadInputException>(() => other.RunAndTest(CancellationToken.None)).Message,
                StringComparison.Ordinal);
        }
        finally
        {
            if (Directory.Exists(state.Folder))
            {
                Directory.Delete(state.Folder, recursive: true);
            }
        }
    }

    public static TheoryData<string> Kinds => ["mamba", "mamba2", "neox"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_written_model_says_what_it_said_before(string kind)
    {
        LanguageTrainingSettings settings = kind switch
        {
            "mamba" => new DemoMambaSettings { Width = 32, Depth = 2 },
            "mamba2" => new DemoMamba2Settings { Width = 32, Depth = 2, StateSize = 8 },
            _ => new DemoNeoXSettings { Width = 64, Depth = 2, MlpWidth = 40 },
        };
        var model = settings.Create(RandomWeights.Source(1));
        LanguageModelFolder.Write(folder, model);
        using var read = TextModel.Open(folder);
        Assert.Equal(model.GetType(), read.Model.GetType());
        var tokens = TokenBatch.Of([.. "Words, words, words.".Select(c => (int)c)]);
        var (expected, found) = (Logits(model, tokens), Logits(read.Model, tokens));
        var error = expected.Zip(found, (a, b) => Math.Abs(a - b)).Max() / expected.Max(Math.Abs);
        TestContext.Current.TestOutputHelper?.WriteLine($"half precision changes the logits by {error:E1} of the largest");
        Assert.True(error < 3e-3, $"{error}");
    }

    [Fact]
    public void Only_what_is_asked_counts()
    {
        var task = new PlantedRecall(grows: true);
        var windows = task.Draw(new Random(1), 4, progress: 1);
        Assert.All(windows, window => Assert.Equal(task.WindowLength, window.Tokens.Length));
        Assert.Equal([6, 4, 4, 4], windows.Select(window => window.Asked));
        Assert.Equal(windows.Select(w => w.Tokens), task.Draw(new Random(1), 4, progress: 1).Select(w => w.Tokens));

        // At first nothing is far away: behind the text of 16 places and its questions there is only padding.
        Assert.All(task.Draw(new Random(1), 8, progress: 0), window =>
            Assert.All(window.Tokens.Skip(16 + 1 + (2 * window.Asked)), token => Assert.Equal(0, token)));

        var model = TinyLanguageModels.Mamba(config);
        using var workers = new Workers(2);
        using var lanes = new LanguageGradients(model, task.WindowLength);
        var loss = lanes.Run(workers, windows);
        var expected = 0.0;
        foreach (var window in windows)
        {
            using var tape = new Tape<float>(workers, new BufferPool<float>(), isRecording: false);
            var logits = model.Forward(tape, TokenBatch.Of(window.Tokens), ScorePositions.All).Logits.Data;
            foreach (var (position, next) in window.Next.Index().Where(asked => asked.Item >= 0))
            {
                var scores = Array.ConvertAll(logits.Row(0, position).ToArray(), v => (double)v);
                expected += Math.Log(scores.Sum(Math.Exp)) - scores[next];
            }
        }

        Assert.Equal(expected / 18, loss, 1e-5);
    }

    [Fact]
    public void A_tenth_of_what_is_read_is_noise_and_nothing_of_what_is_asked()
    {
        var file = Path.Combine(folder, "text.txt");
        File.WriteAllText(file, string.Concat(Enumerable.Range(0, 20_000).Select(i => (char)('a' + (i % 26)))));
        var windows = new PlayPrediction(PlayText.Load(file, context: 100), context: 100).Draw(new Random(1), 100, progress: 0.5);
        var changed = 0;
        foreach (var window in windows)
        {
            for (var t = 0; t < 100; t++)
            {
                var before = t == 0 ? window.Next[0] == 'a' ? 'z' : window.Next[0] - 1 : window.Next[t - 1];
                changed += window.Tokens[t] == before ? 0 : 1;
                Assert.Equal(t == 0 ? window.Next[0] : 'a' + ((window.Next[0] - 'a' + t) % 26), window.Next[t]);
            }
        }

        Assert.InRange(changed / 10_000.0, 0.08, 0.115); // 0.1 of them, of which one in 26 is as before
    }

    [Fact]
    public void Recall_of_a_model_that_guesses_is_near_chance()
    {
        var task = new PlantedRecall(grows: true);
        using var workers = new Workers(2);
        Assert.InRange(task.Score(workers, TinyLanguageModels.Mamba(config)), 0, 0.2); // one of 256 bytes, or always the same letter of 16
    }

    private static float[] Logits(ILanguageModel model, TokenBatch tokens)
    {
        using var workers = new Workers(1);
        using var tape = new Tape<float>(workers, new BufferPool<float>(), isRecording: false);
        return model.Forward(tape, tokens).Logits.Data.ToArray();
    }

    private static ReadOnlyMemory<byte>[] Windows(int count, int length)
    {
        var bytes = new byte[count * (length + 1)];
        new Random(3).NextBytes(bytes);
        return [.. Enumerable.Range(0, count).Select(i => new ReadOnlyMemory<byte>(bytes, i * (length + 1), length + 1))];
    }
}
