using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>Cut edges take away what hidden attention says they carry, and nothing else.</summary>
public sealed class KnockoutTests : IDisposable
{
    private readonly Workers workers = new(2);

    [Theory]
    [InlineData("mamba")]
    [InlineData("mamba2-groups")]
    public void A_cut_edge_takes_alpha_u_from_the_scan(string name)
    {
        using var trace = TinyLanguageModels.Run<double>(
            workers, TinyLanguageModels.Create(name), TokenBatch.Of(TinyLanguageModels.Text(9)));
        var scan = trace.ScanMixers[1].Scans[0];
        var knockout = new Knockout { Sources = [2, 4], Targets = [4, 7], CutsSelf = true };
        var y = Activation<double>.Of(scan.Y.Data.ToArray(), 1, 9, scan.Y.Data.Width);
        EdgeCut.Scan(workers, trace.Tape.Pool, scan.ScanInputs, knockout.Sources, knockout.Cuts, y);
        for (var e = 0; e < y.Width; e++)
        {
            var alpha = ChannelMatrix.S6(scan, 0, e);
            var expected = Enumerable
                .Range(0, 9)
                .Select(i =>
                    Enumerable.Range(0, 9).Sum(j => (i is 4 or 7) && (j is 2 or 4) && j <= i ? 0 : alpha[i, j] * scan.U.Data.Row(j)[e]));
            Golden.AssertClose($"channel {e}", [.. Enumerable.Range(0, 9).Select(i => y.Row(i)[e])], [.. expected], 1e-12);
        }
    }

    /// <summary>Cut off from all others, a token keeps what it takes from itself; in some heads only, those.</summary>
    [Theory]
    [InlineData("mamba", false)]
    [InlineData("mamba2", false)]
    [InlineData("mamba2-groups", false)]
    [InlineData("mamba2-groups", true)]
    public void Without_all_others_only_the_diagonal_is_left(string name, bool isOneHead)
    {
        using var trace = TinyLanguageModels.Run<double>(
            workers, TinyLanguageModels.Create(name), TokenBatch.Of(TinyLanguageModels.Text(9)));
        var scan = trace.ScanMixers[1].Scans[0];
        var knockout = new Knockout { Sources = [.. Enumerable.Range(0, 9)] };
        var y = Activation<double>.Of(scan.Y.Data.ToArray(), 1, 9, scan.Y.Data.Width);
        var width = isOneHead ? y.Width / scan.Heads!.Value : y.Width;
        EdgeCut.Scan(
            workers, trace.Tape.Pool, scan.ScanInputs, knockout.Sources, knockout.Cuts, y, isOneHead ? (y.Width - width, width) : null);
        for (var e = 0; e < y.Width; e++)
        {
            var alpha = ChannelMatrix.S6(scan, 0, e);
            var expected = Enumerable.Range(0, 9).Select(i => e < y.Width - width
                ? scan.Y.Data.Row(i)[e]
                : alpha[i, i] * scan.U.Data.Row(i)[e]);
            Golden.AssertClose($"channel {e}", [.. Enumerable.Range(0, 9).Select(i => y.Row(i)[e])], [.. expected], 1e-12);
        }
    }

    [Theory]
    [InlineData("mamba")]
    [InlineData("mamba2")]
    [InlineData("gpt-neox")]
    public void An_edge_matters_only_where_and_when_it_is_cut(string name)
    {
        var model = TinyLanguageModels.Create(name);
        var text = TinyLanguageModels.Text(10);
        using var before = Scores();
        using var nothing = Scores(new Knockout { Sources = [9] });
        Assert.Equal(before.Logits.Data.ToArray(), nothing.Logits.Data.ToArray());

        // What token 3 gives to later ones changes them and nothing before.
        using var after = Scores(new Knockout { Sources = [3], Layers = [1] });
        for (var t = 0; t < 10; t++)
        {
            Assert.Equal(t <= 3, before.ScoresAt(0, t).SequenceEqual(after.ScoresAt(0, t)));
        }

        // A single edge in the last layer changes its output token alone.
        using var edge = Scores(new Knockout { Sources = [3], Targets = [6], Layers = [1] });
        for (var t = 0; t < 10; t++)
        {
            Assert.Equal(t != 6, before.ScoresAt(0, t).SequenceEqual(edge.ScoresAt(0, t)));
        }

        Mambascope.Tracing.Trace<double> Scores(params Knockout[] knockouts)
            => model.Forward(
                new Tape<double>(workers, new BufferPool<double>(), isRecording: false),
                TokenBatch.Of(text),
                ScorePositions.All,
                knockouts);
    }

    [Fact]
    public void Softmax_shares_what_is_cut_among_the_rest()
    {
        var a = Activation<double>.Of([1, 0, 0, 0.25, 0.75, 0, 0.5, 0.3, 0.2], 1, 3, 3);
        var knockout = new Knockout { Sources = [1] };
        EdgeCut.Softmax(knockout.Sources, knockout.Cuts, heads: 1, _ => true, a);
        Golden.AssertClose("A", a.ToArray(), [1, 0, 0, 0.25, 0.75, 0, 0.5 / 0.7, 0, 0.2 / 0.7], 1e-12);
        var all = new Knockout { Sources = [0, 1, 2], Targets = [1], CutsSelf = true };
        EdgeCut.Softmax(all.Sources, all.Cuts, heads: 1, _ => true, a);
        Assert.Equal([0, 0, 0], a.Row(1).ToArray());
    }

    [Fact]
    public void The_effect_names_what_fell()
    {
        var model = TinyLanguageModels.Create("mamba");
        var text = TinyLanguageModels.Text(12);
        var effect = KnockoutEffect.Of<double>(
            model, workers, text, [new() { Sources = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], CutsSelf = true }]);
        Assert.NotEqual(0, effect.ScoreDrop);
        Assert.InRange(effect.ProbabilityBefore, 1.0 / 19, 1);
        Assert.InRange(effect.ProbabilityAfter, 0, 1);
        Assert.Equal(0, KnockoutEffect.Of<double>(model, workers, text, [], position: 4, target: 3).ScoreDrop);
    }

    [Fact]
    public void What_does_not_exist_is_refused()
    {
        var model = TinyLanguageModels.Create("mamba2");
        Says("token 5 cannot be knocked out: the text has tokens 0 to 2", new() { Sources = [5] });
        Says("token -1", new() { Sources = [0], Targets = [-1] });
        Says("layer 2 does not exist; the model has layers 0 to 1", new() { Sources = [0], Layers = [2] });
        Assert.Throws<InvalidOperationException>(() =>
        {
            model.Forward(
                new Tape<double>(workers, new BufferPool<double>(), isRecording: true),
                TokenBatch.Of([1, 2]),
                null,
                [new() { Sources = [0] }]);
        });

        void Says(string words, Knockout knockout)
            => Assert.Contains(
                words,
                Assert.Throws<BadInputException>(() => KnockoutEffect.Of<float>(model, workers, [1, 2, 3], [knockout])).Message,
                StringComparison.Ordinal);
    }

    public void Dispose() => workers.Dispose();
}
