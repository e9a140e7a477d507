using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>What holds for every language model: gradients, causality, positions, batches of unequal lengths, contrasts.</summary>
public sealed class LanguageModelTests : IDisposable
{
    private readonly Workers workers = new(2);

    public static TheoryData<string> Names { get; } =
    ["mamba", "falcon-mamba", "mamba-no-conv-bias", "mamba2", "mamba2-groups", "mamba2-group-norms", "gpt-neox", "gpt-neox-sequential"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Weight_gradients_match_finite_differences(string name)
    {
        var model = TinyLanguageModels.Create(name);
        var tokens = TokenBatch.Of([TinyLanguageModels.Text(7), TinyLanguageModels.Text(5, seed: 8)]);
        var positions = ScorePositions.At(4, 2);
        var direction = TinyVim.RandomActivation(2, 2, model.VocabularySize, seed: 6);
        var gradients = new WeightGradients<double>(model.AllWeights);
        using (var trace = TinyLanguageModels.Run<double>(workers, model, tokens, positions))
        using (trace.Tape.Backward(trace.Logits, direction, [], rules: null, gradients))
        {
        }

        foreach (var weight in model.AllWeights)
        {
            var expected = new double[weight.Values<float>().Length];
            for (var i = 0; i < expected.Length; i++)
            {
                var original = weight.Values<float>()[i];
                var (high, low) = (original + 2e-4f, original - 2e-4f);
                weight.Values<float>()[i] = high;
                var up = Score();
                weight.Values<float>()[i] = low;
                var down = Score();
                weight.Values<float>()[i] = original;
                expected[i] = (up - down) / ((double)high - low);
            }

            Golden.AssertClose(weight.Name, [.. gradients[weight], 1], [.. expected, 1], 2e-4);
        }

        double Score()
        {
            using var trace = TinyLanguageModels.Run<double>(workers, model, tokens, positions, isRecording: false);
            return trace.Logits.Data.ToArray().Zip(direction.ToArray(), (x, y) => x * y).Sum();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Token_gradients_match_finite_differences(string name)
    {
        var model = TinyLanguageModels.Create(name);
        var input = TinyVim.RandomActivation(2, 6, model.Width, seed: 5);
        var direction = TinyVim.RandomActivation(2, 6, model.VocabularySize, seed: 6);
        double[] actual;
        using (
            var trace = model.ForwardTokens(
                new Tape<double>(workers, new BufferPool<double>(), isRecording: true), input, ScorePositions.All))
        using (var replay = trace.Tape.Backward(trace.Logits, direction, [trace.Tokens]))
        {
            actual = replay[trace.Tokens].ToArray();
        }

        var expected = new double[actual.Length];
        for (var i = 0; i < expected.Length; i++)
        {
            var original = input.Buffer[i];
            input.Buffer[i] = original + 1e-5;
            var up = Score();
            input.Buffer[i] = original - 1e-5;
            var down = Score();
            input.Buffer[i] = original;
            expected[i] = (up - down) / 2e-5;
        }

        Golden.AssertClose("tokens", actual, expected, 1e-7);

        double Score()
        {
            using var trace = model.ForwardTokens(
                new Tape<double>(workers, new BufferPool<double>(), isRecording: false), input, ScorePositions.All);
            return trace.Logits.Data.ToArray().Zip(direction.ToArray(), (x, y) => x * y).Sum();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fast_gradients_match_double_ones(string name)
    {
        var model = TinyLanguageModels.Create(name);
        var tokens = TokenBatch.Of([TinyLanguageModels.Text(70), TinyLanguageModels.Text(33, seed: 8)]);
        var exact = Gradients<double>();
        var fast = Gradients<float>();
        foreach (var weight in model.AllWeights)
        {
            Golden.AssertClose(weight.Name, [.. fast[weight], 1], [.. exact[weight], 1], 2e-5);
        }

        WeightGradients<T> Gradients<T>()
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            var gradients = new WeightGradients<T>(model.AllWeights);
            using var trace = TinyLanguageModels.Run<T>(workers, model, tokens);
            var seed = Activation<T>.Of(
                [.. Enumerable.Range(0, trace.Logits.Data.Count).Select(i => T.CreateTruncating(Math.Sin(i)))], 2, 1, model.VocabularySize);
            using var replay = trace.Tape.Backward(trace.Logits, seed, [], rules: null, gradients);
            return gradients;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_token_sees_what_follows_it(string name)
    {
        var model = TinyLanguageModels.Create(name);
        var text = TinyLanguageModels.Text(20);
        using var whole = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text), ScorePositions.All, isRecording: false);
        for (var length = 1; length < text.Length; length += 6)
        {
            using var part = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text[..length]), isRecording: false);
            Golden.AssertClose($"scores of token {length - 1}", part.Logits.Data.Row(0), whole.ScoresAt(0, length - 1), 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Texts_of_unequal_lengths_get_in_a_batch_what_they_get_alone(string name)
    {
        var model = TinyLanguageModels.Create(name);
        int[][] texts =
        [
            TinyLanguageModels.Text(9),
            TinyLanguageModels.Text(23, seed: 2),
            TinyLanguageModels.Text(1, seed: 3),
            TinyLanguageModels.Text(16, seed: 4),
        ];
        using var batch = TinyLanguageModels.Run<float>(workers, model, TokenBatch.Of(texts), isRecording: false);
        for (var item = 0; item < texts.Length; item++)
        {
            using var alone = TinyLanguageModels.Run<float>(workers, model, TokenBatch.Of(texts[item]), isRecording: false);
            Golden.AssertClose($"text {item}", Widen(batch.Logits.Data.Row(item, 0)), Widen(alone.Logits.Data.Row(0)), 1e-6);
        }

        static double[] Widen(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_position_can_be_explained_as_if_the_text_ended_there(string name)
    {
        var model = TinyLanguageModels.Create(name);
        var text = TinyLanguageModels.Text(12);
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text), ScorePositions.At(5, 11));
        using var cut = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text[..6]));
        using var inside = new Decision<double>(trace, token: 5);
        using var atEnd = new Decision<double>(cut);
        Assert.Equal(atEnd.Targets, inside.Targets);
        foreach (var method in AttributionMethods.For(model.Shape).Where(method => method.Name is not ("smoothgrad" or "full-lrp")))
        {
            var map = method.Explain(inside, model, new())[0];
            Assert.Equal(12, map.Values.Length);
            Assert.All(map.Values[6..], value => Assert.Equal(0, value));
            Golden.AssertClose(method.Name, map.Values.AsSpan(0, 6), method.Explain(atEnd, model, new())[0].Values, 1e-9);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_contrast_is_the_difference_of_two_explanations(string name)
    {
        var model = TinyLanguageModels.Create(name);
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(10)));
        using var difference = new Decision<double>(trace, [3], contrasts: [8]);
        using var first = new Decision<double>(trace, [3]);
        using var second = new Decision<double>(trace, [8]);
        Assert.Equal(first.Score(0) - second.Score(0), difference.Score(0), 1e-12);
        string[] linear = model.Shape.IsOnly(MixerKind.Scan)
            ? ["input-x-gradient", "mamba-lrp", "integrated-gradients", "smoothgrad"]
            : ["input-x-gradient", "cp-lrp", "attn-lrp", "integrated-gradients", "smoothgrad"];
        foreach (var method in linear.Select(method => AttributionMethods.Find(method, model.Shape)))
        {
            // Where their number is not said, integrated gradients take as many steps as each of the three needs.
            var options = new AttributionOptions { Steps = 64 };
            var expected = method
                .Explain(first, model, options)[0]
                .Values.Zip(method.Explain(second, model, options)[0].Values, (a, b) => a - b)
                .ToArray();
            Golden.AssertClose(method.Name, method.Explain(difference, model, options)[0].Values, expected, 1e-9);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Hidden_attention_gives_back_what_the_model_computed(string name)
    {
        var model = TinyLanguageModels.Create(name);
        var tokens = TokenBatch.Of([TinyLanguageModels.Text(40), TinyLanguageModels.Text(40, seed: 3)]);
        using var single = TinyLanguageModels.Run<float>(workers, model, tokens);
        using var wide = TinyLanguageModels.Run<double>(workers, model, tokens);
        foreach (var check in new[] { SelfCheck.Of(single, Enumerable.Range(0, 40)), SelfCheck.Of(wide, Enumerable.Range(0, 40)) })
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{check}");
            Assert.True(check is null ? model.Shape.IsOnly(MixerKind.Softmax) : check.IsPassed, $"{check}");
        }
    }

    [Fact]
    public void What_does_not_exist_is_named()
    {
        var model = TinyLanguageModels.Create("mamba");
        Says("token id 19 at position 1 does not exist; the model has ids 0 to 18", () =>
            TinyLanguageModels.Run<float>(workers, model, TokenBatch.Of([0, 19])));
        Says("token id -1 at position 0 of text 1", () => TinyLanguageModels.Run<float>(
                workers,
                model,
                TokenBatch.Of([
                    [0, 1],
                    [-1],
                ])));
        Says("without tokens", () => TokenBatch.Of([
                [0],
                [],
            ]));
        Says("position 2 does not exist; the text has tokens 0 to 1", () =>
            TinyLanguageModels.Run<float>(workers, model, TokenBatch.Of([0, 1]), ScorePositions.At(2)));
        using var trace = TinyLanguageModels.Run<float>(workers, model, TokenBatch.Of([0, 1, 2]));
        Says("token id 19 does not exist; the model has ids 0 to 18", () => new Decision<float>(trace, [19]));
        Says("token id 19 does not exist", () => new Decision<float>(trace, [1], contrasts: [19]));
        Says("contrasted with itself", () => new Decision<float>(trace, [1], contrasts: [1]));
        Says("the scores of token 1 were not asked for in this run, only those of 2", () => new Decision<float>(trace, token: 1));
        Says("token 3 does not exist", () => new Decision<float>(trace, token: 3));
        using var unequal = TinyLanguageModels.Run<float>(workers, model, TokenBatch.Of([[0, 1, 2], [3]]));
        Says("one by one", () => new Decision<float>(unequal));

        static void Says(string words, Func<object> action)
            => Assert.Contains(words, Assert.Throws<BadInputException>(action).Message, StringComparison.Ordinal);
    }

    public void Dispose() => workers.Dispose();
}
