using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>Layers of several mixers, of one and of none, in one model.</summary>
public sealed class TinyHybridTests : IDisposable
{
    private readonly Workers workers = new(2);
    private readonly TinyHybrid model = new();

    public void Dispose() => workers.Dispose();

    [Fact]
    public void The_shape_is_known_without_a_run_and_is_that_of_the_run()
    {
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(9)));
        Assert.Equal([2, 0, 1, 1], model.Shape.Layers.Select(layer => layer.Mixers.Count));
        Assert.Equal([MixerKind.Scan, MixerKind.Softmax], model.Shape.Kinds);
        Assert.Equal("selective scans and softmax attention", model.Shape.Words);
        Assert.Equal(
            model.Shape.Layers.SelectMany(layer => layer.Mixers).SelectMany(mixer => mixer.Units),
            trace.Layers.SelectMany(layer => layer.Mixers).SelectMany(mixer => mixer.Shape.Units));
        Assert.Equal((5, 4), (model.Branches, model.Depth));
    }

    [Fact]
    public void Layers_lie_end_to_end_in_the_residual_stream()
    {
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(9)));
        Assert.Same(trace.Tokens, trace.Layers[0].Input);
        Assert.All(trace.Layers.Zip(trace.Layers.Skip(1)), pair => Assert.Same(pair.First.Output, pair.Second.Input));
    }

    /// <summary>Also with the norm of Mamba-2 in front of the gate, with norms inside a Mamba-1 mixer, and without norm.</summary>
    [Fact]
    public void Hidden_attention_gives_back_what_the_mixers_computed()
    {
        using var trace = TinyLanguageModels.Run<double>(
            workers, model, TokenBatch.Of([TinyLanguageModels.Text(40), TinyLanguageModels.Text(40, seed: 8)]));
        var check = SelfCheck.Of(trace, Enumerable.Range(0, 40), cancellation: TestContext.Current.CancellationToken)!;
        Assert.True(check.IsPassed, $"{check}");
    }

    [Fact]
    public void Token_gradients_match_finite_differences()
    {
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(6)));
        using var decision = new Decision<double>(trace);
        var (tokens, gradient) = (trace.Tokens.Data.ToArray(), decision.Gradients[trace.Tokens].ToArray());
        var expected = new double[tokens.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            expected[i] = (Score(i, 1e-5) - Score(i, -1e-5)) / 2e-5;
        }

        Golden.AssertClose("gradient", gradient, expected, 1e-7);

        double Score(int at, double change)
        {
            var moved = (double[])tokens.Clone();
            moved[at] += change;
            using var run = model.ForwardTokens(
                new Tape<double>(workers, new BufferPool<double>(), isRecording: false),
                Activation<double>.Of(moved, 1, trace.Length, model.Width));
            return run.Logits.Data.Row(0)[decision.Targets[0]];
        }
    }

    [Fact]
    public void Reading_piece_by_piece_gives_the_scores_of_one_run()
    {
        var text = TinyLanguageModels.Text(11);
        using var whole = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(text), ScorePositions.All, isRecording: false);
        var state = model.NewState<double>();
        foreach (var piece in new[] { text[..2], text[2..3], text[3..] })
        {
            using var part = model.Continue(new Tape<double>(workers, new BufferPool<double>(), isRecording: false), state, piece);
            Golden.AssertClose("scores", part.Logits.Data.Row(0).ToArray(), whole.ScoresAt(0, state.Position - 1).ToArray(), 1e-11);
        }

        var branch = state.Branch();
        Assert.Equal(state.Size, branch.Size);
        Assert.Throws<InvalidOperationException>(() => state.Branch(model.NewState<double>()));
    }

    /// <summary>
    /// Layer 0 has a scan and attention side by side: its row is the mean of theirs, each scaled to sum one; the layer without a mixer
    /// takes no part.
    /// </summary>
    [Fact]
    public void Mixers_of_two_kinds_are_on_one_scale()
    {
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(9)));
        using var decision = new Decision<double>(trace);
        var matrices = trace
            .Layers.Select(layer =>
                layer
                    .Mixers.Select(mixer =>
                        Scaled(TokenMixing<double>
                            .Of(mixer)
                            .Matrix(workers, 0, new() { View = AttentionView.Block }, TestContext.Current.CancellationToken)
                            .Values, layer.Mixers.Count))
                    .DefaultIfEmpty(new double[81])
                    .Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]))
            .ToArray();
        var raw = Enumerable.Range(0, 9).Select(j => matrices.Sum(matrix => matrix[72 + j]) / 3).ToArray();
        Golden.AssertClose("raw", Map("raw"), raw, 1e-12);
        var v = new double[9];
        v[8] = 1;
        foreach (var matrix in matrices.Reverse())
        {
            v = [.. Enumerable.Range(0, 9).Select(j => v[j] + Enumerable.Range(0, 9).Sum(i => v[i] * matrix[(i * 9) + j]))];
        }

        Golden.AssertClose("rollout", Map("rollout"), v, 1e-12);

        double[] Map(string method)
            => AttributionMethods
                .Find(method, model.Shape)
                .Explain(decision, model, new(), cancellation: TestContext.Current.CancellationToken)[0]
                .Values;

        static double[] Scaled(double[] matrix, int mixers)
            => [.. matrix.Chunk(9).SelectMany(row => row.Select(value => value / row.Sum(Math.Abs) / mixers))];
    }

    [Fact]
    public void A_kind_that_the_model_does_not_have_is_refused()
    {
        using var mamba = TextModel.Open("demo-mamba", threads: 2);
        using var run = mamba.Run("a text");
        var error = Assert.Throws<BadInputException>(() => run.Explain("raw", options: new() { Kind = MixerKind.Softmax }));
        Assert.Equal("kind attention was asked for; this model has selective scans (Mamba)", error.Message);
        Assert.Equal(run.Explain("raw").Values, run.Explain("raw", options: new() { Kind = MixerKind.Scan }).Values);
    }
}
