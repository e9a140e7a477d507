using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>Taps of the convolution in front of a scan are cut where that is asked for, and only there.</summary>
public sealed class KnockoutTapsTests : IDisposable
{
    private const int Layer = 1; // the last: nothing else carries a token on

    private readonly Workers workers = new(2);
    private readonly int[] text = TinyLanguageModels.Text(10);

    public void Dispose() => workers.Dispose();

    [Theory]
    [InlineData("mamba")]
    [InlineData("mamba2-groups")]
    public void Taps_are_cut_for_the_tokens_that_they_reach(string name)
    {
        var model = TinyLanguageModels.Create(name);
        var knockout = new Knockout { Sources = [3], Layers = [Layer] };
        using var before = Scores(model);
        using var edges = Scores(model, knockout);
        using var taps = Scores(model, knockout with { CutsTaps = true });
        var reach = model.AllWeights.First(weight => weight.Name.Contains("conv1d", StringComparison.Ordinal)).Columns - 1;
        for (var t = 0; t < text.Length; t++)
        {
            Assert.Equal(t <= 3, before.ScoresAt(0, t).SequenceEqual(taps.ScoresAt(0, t)));
            var isNear = t > 3 && t <= 3 + reach;
            Assert.True(!isNear || !edges.ScoresAt(0, t).SequenceEqual(taps.ScoresAt(0, t)), $"token {t} hears token 3 through a tap");
        }
    }

    [Theory]
    [InlineData("mamba")]
    [InlineData("mamba2")]
    public void One_edge_with_its_tap_changes_its_output_and_what_reads_that(string name)
    {
        var model = TinyLanguageModels.Create(name);
        using var before = Scores(model);
        using var edge = Scores(model, new Knockout { Sources = [3], Targets = [4], Layers = [Layer], CutsTaps = true });
        for (var t = 0; t < text.Length; t++)
        {
            // The scan takes what the convolution gave at token 4 on to all later tokens.
            Assert.Equal(t < 4, before.ScoresAt(0, t).SequenceEqual(edge.ScoresAt(0, t)));
        }
    }

    [Fact]
    public void All_heads_named_cut_what_no_head_named_cuts_but_for_B_and_C()
    {
        var model = TinyLanguageModels.Create("mamba2-groups");
        var heads = model.Shape.Layers[0].Mixers[0].Count("head")!.Value;
        var knockout = new Knockout { Sources = [3], Layers = [Layer], CutsTaps = true };
        using var all = Scores(model, knockout);
        using var named = Scores(model, knockout with { Heads = [.. Enumerable.Range(0, heads)] });
        using var one = Scores(model, knockout with { Heads = [0] });
        using var edges = Scores(model, knockout with { CutsTaps = false });
        Assert.Equal(4, new[] { all, named, one, edges }.Select(run => run.ScoresAt(0, 4)[0]).Distinct().Count());
    }

    [Fact]
    public void Overlapping_knock_outs_cut_a_tap_once()
    {
        var model = TinyLanguageModels.Create("mamba");
        var knockout = new Knockout { Sources = [2, 3], CutsTaps = true };
        using var once = Scores(model, knockout);
        using var twice = Scores(model, knockout, knockout with { Sources = [3] });
        for (var t = 0; t < text.Length; t++)
        {
            Golden.AssertClose($"token {t}", once.ScoresAt(0, t).ToArray(), twice.ScoresAt(0, t).ToArray(), 1e-12);
        }
    }

    [Fact]
    public void Where_there_is_no_scan_there_are_no_taps()
    {
        var refused = Assert.Throws<BadInputException>(() =>
            Scores(TinyLanguageModels.Create("gpt-neox"), new Knockout { Sources = [3], CutsTaps = true }));
        Assert.Contains("the layers have no scan to cut", refused.Message, StringComparison.Ordinal);
    }

    private Trace<double> Scores(ILanguageModel model, params Knockout[] knockouts)
        => model.Forward(
            new Tape<double>(workers, new BufferPool<double>(), isRecording: false), TokenBatch.Of(text), ScorePositions.All, knockouts);
}
