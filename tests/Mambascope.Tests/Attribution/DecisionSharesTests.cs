using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>How much of a score goes through the parts of a layer.</summary>
public sealed class DecisionSharesTests : IDisposable
{
    private readonly Workers workers = new(2);

    public void Dispose() => workers.Dispose();

    /// <summary>Where a layer is one part, it is what the stream gained there; constant factors included.</summary>
    [Theory]
    [InlineData("nemotron-h-micro")]
    [InlineData("nemotron-h-moe-micro")]
    public void The_share_of_a_layer_is_the_relevance_of_what_it_added(string folder)
    {
        using var golden = new GoldenLanguageModel<double>(folder, tolerance: 0);
        var layers = golden.Decision.Trace.Layers;
        using var replay = golden.Decision.Backward(
            [.. layers.Select(layer => layer.Output)], MambaLrp.Hybrid<double>(), TestContext.Current.CancellationToken);
        var shares = DecisionShares.Of(golden.Decision, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(layers.Count, shares.Count);
        for (var i = 0; i < layers.Count; i++)
        {
            var (before, after) = (layers[i].Input.Data.ToArray(), layers[i].Output.Data.ToArray());
            var adjoint = replay[layers[i].Output].ToArray();
            var expected = adjoint.Select((weight, at) => weight * (after[at] - before[at])).Sum();
            Golden.AssertClose("share", [shares[i].Parts.Single().Value], [expected], 1e-10);
        }
    }

    /// <summary>
    /// With no bias anywhere, what passes a layer and what its parts add are the score: here of attention and an MLP, one after the other.
    /// </summary>
    [Fact]
    public void Shares_and_the_stream_are_the_score()
    {
        using var golden = new GoldenLanguageModel<double>("granite-hybrid-micro", tolerance: 0);
        var layers = golden.Decision.Trace.Layers;
        var last = layers.Count - 1; // attention without biases, and nothing with a bias behind it
        using var replay = golden.Decision.Backward(
            [layers[last].Output, layers[last].Parts[^1].Output], MambaLrp.Hybrid<double>(), TestContext.Current.CancellationToken);
        var (stream, adjoint) = (layers[last].Output.Data.ToArray(), replay[layers[last].Output].ToArray());
        Golden.AssertClose(
            "stream", [stream.Zip(adjoint, (value, weight) => value * weight).Sum()], [golden.Decision.Score(0)], 1e-10);
        var shares = DecisionShares.Of(golden.Decision, cancellation: TestContext.Current.CancellationToken)[last].Parts;
        Assert.Equal(["attention", "MLP"], shares.Select(part => part.Key));
    }

    [Fact]
    public void A_knocked_out_expert_is_one_that_gives_nothing()
    {
        var model = LanguageModels.Open(Golden.Path("jamba-micro"));
        var mute = model.With((name, shape) =>
        {
            var weight = model.AllWeights.First(one => one.Name == name);
            return name.EndsWith("layers.3.feed_forward.experts.1.down_proj.weight", StringComparison.Ordinal)
                ? new Weight(name, new float[weight.Count], shape)
                : weight;
        });
        int[] text = [.. TinyLanguageModels.Text(12)];
        var knockout = new Knockout { Sources = [], Layers = [3], Experts = [1] };
        Assert.Equal(Scores(mute, knockouts: null), Scores(model, [knockout]));
        Assert.NotEqual(Scores(model, knockouts: null), Scores(model, [knockout]));

        double[] Scores(ILanguageModel one, IReadOnlyList<Knockout>? knockouts)
        {
            using var trace = one.Forward(
                new Tape<double>(workers, new BufferPool<double>(), isRecording: false), TokenBatch.Of(text), knockouts: knockouts);
            return trace.Logits.Data.ToArray();
        }
    }
}
