using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>
/// Reading piece by piece gives what reading at once gives, at every position; states can be branched, restored and saved.
/// </summary>
public sealed class TextGenerationTests : IDisposable
{
    private readonly Workers workers = new(2);
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public static TheoryData<string> Names => LanguageModelTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Steps_give_what_the_whole_text_gives_in_double(string name) => Steps<double>(name, 1e-12);

    [Theory]
    [MemberData(nameof(Names))]
    public void Steps_give_what_the_whole_text_gives_in_float(string name) => Steps<float>(name, 2e-5);

    [Theory]
    [MemberData(nameof(Names))]
    public void Pieces_of_any_length_give_the_same(string name)
    {
        var model = TinyLanguageModels.Create(name);
        var text = TinyLanguageModels.Text(30);
        using var whole = TinyLanguageModels.Run<float>(workers, model, TokenBatch.Of(text), isRecording: false);
        var generation = new TextGeneration<float>(model, workers);
        foreach (var (first, length) in new[] { (0, 1), (1, 2), (3, 17), (20, 1), (21, 9) })
        {
            generation.Read(text[first..(first + length)]);
        }

        Assert.Equal(30, generation.State.Position);
        Golden.AssertClose(name, Widen(generation.Scores), Widen(whole.Logits.Data.Row(0)), 2e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_branch_goes_on_by_itself_and_a_saved_state_goes_on_where_it_was(string name)
    {
        var model = TinyLanguageModels.Create(name);
        var generation = new TextGeneration<float>(model, workers);
        generation.Read(TinyLanguageModels.Text(9));
        var saved = generation.State.Branch();
        generation.State.Save(Path.Combine(folder, "state.safetensors"));
        var branch = generation.Branch();
        branch.Read(1, 2, 3);
        generation.Read(4);
        generation.Read(5);
        var expected = generation.Scores.ToArray();
        Assert.NotEqual(expected, branch.Scores.ToArray());

        branch.State.Restore(saved);
        branch.Read(4, 5);
        Assert.Equal(11, branch.State.Position);
        Golden.AssertClose("restored", Widen(branch.Scores), Widen(expected), 2e-5);

        var loaded = new TextGeneration<float>(model, workers, LanguageState<float>.Load(Path.Combine(folder, "state.safetensors"), model));
        loaded.Read(4);
        loaded.Read(5);
        Assert.Equal(expected, loaded.Scores.ToArray());
    }

    [Fact]
    public void A_state_of_another_model_is_refused()
    {
        var path = Path.Combine(folder, "state.safetensors");
        var generation = new TextGeneration<double>(TinyLanguageModels.Create("mamba"), workers);
        generation.Read(1, 2);
        generation.State.Save(path);
        Assert.Contains("layer0.conv", Refused(TinyLanguageModels.Create("mamba2")), StringComparison.Ordinal);
        Assert.Contains("layer0.keys", Refused(TinyLanguageModels.Create("gpt-neox")), StringComparison.Ordinal);
        Assert.Equal(2, LanguageState<double>.Load(path, TinyLanguageModels.Create("mamba")).Position);

        string Refused(ILanguageModel model) => Assert.Throws<BadInputException>(() => LanguageState<double>.Load(path, model)).Message;
    }

    [Fact]
    public void Reading_nothing_or_unknown_ids_is_refused_and_leaves_the_state()
    {
        var generation = new TextGeneration<float>(TinyLanguageModels.Create("mamba"), workers);
        Assert.Throws<BadInputException>(() => generation.Read());
        Assert.Throws<BadInputException>(() => generation.Read([3, 19]));
        Assert.Equal(0, generation.State.Position);
        Assert.Throws<InvalidOperationException>(() => { _ = generation.Scores.Length; });
    }

    [Fact]
    public void There_is_no_way_back_through_a_piece_of_attention()
    {
        var transformer = TinyLanguageModels.Create("gpt-neox");
        using var trace = transformer.Continue(
            new Tape<float>(workers, new BufferPool<float>(), isRecording: true), transformer.NewState<float>(), [1]);
        Assert.Throws<InvalidOperationException>(() => trace.Tape.Backward(trace.Logits, trace.Logits.Data, [trace.Tokens]));
    }

    [Fact]
    public void Greedy_generation_takes_the_most_likely_token_and_stops_at_the_end()
    {
        var model = TinyLanguageModels.Create("mamba2");
        var generation = new TextGeneration<double>(model, workers);
        generation.Read(3);
        var text = new List<int> { 3 };
        foreach (var token in generation.Generate(12))
        {
            using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text), isRecording: false);
            var scores = trace.Logits.Data.Row(0).ToArray();
            Assert.Equal(Array.IndexOf(scores, scores.Max()), token.Id);
            Assert.Equal(Math.Exp(scores[token.Id]) / scores.Sum(Math.Exp), token.Probability, 1e-9);
            text.Add(token.Id);
        }

        var again = new TextGeneration<double>(model, workers);
        again.Read(3);
        Assert.Equal(text[1..4], again.Generate(12, end: text[3]).Select(token => token.Id).Take(3));
    }

    [Fact]
    public void A_seed_decides_what_is_drawn()
    {
        var model = TinyLanguageModels.Create("gpt-neox");
        Assert.Equal(Draw(5), Draw(5));
        Assert.NotEqual(Draw(5), Draw(6));

        int[] Draw(int seed)
        {
            var generation = new TextGeneration<float>(model, workers);
            generation.Read(1);
            return [.. generation.Generate(30, new() { Temperature = 2, Seed = seed }).Select(token => token.Id)];
        }
    }

    private void Steps<T>(string name, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var model = TinyLanguageModels.Create(name);
        var text = TinyLanguageModels.Text(40);
        using var whole = TinyLanguageModels.Run<T>(workers, model, TokenBatch.Of(text), ScorePositions.All, isRecording: false);
        var generation = new TextGeneration<T>(model, workers);
        for (var t = 0; t < text.Length; t++)
        {
            generation.Read(text[t]);
            Golden.AssertClose($"token {t}", Widen(generation.Scores), Widen(whole.ScoresAt(0, t)), tolerance);
        }
    }

    private static double[] Widen<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Array.ConvertAll(values.ToArray(), double.CreateTruncating);

    private static double[] Widen<T>(Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Widen((ReadOnlySpan<T>)values);

    private static double[] Widen(float[] values) => Widen((ReadOnlySpan<float>)values);

    public void Dispose()
    {
        workers.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
