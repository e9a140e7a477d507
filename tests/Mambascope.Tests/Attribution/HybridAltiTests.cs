using Mambascope.Attribution;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>What tokens give to the new state of a hybrid's layer, constant factors of mixers and branches included.</summary>
public sealed class HybridAltiTests
{
    /// <summary>
    /// Without biases in the layer's attention, the shares of all tokens are what the mixer adds to the stream: its last layer is one.
    /// </summary>
    [Fact]
    public void Shares_add_up_to_what_enters_the_stream()
    {
        using var golden = new GoldenLanguageModel<double>("granite-hybrid-micro", tolerance: 0);
        var layer = golden.Decision.Trace.Layers[4];
        Assert.Equal(0.45, layer.Mixers.Single().Factor);
        var v = Activation<double>.Zeros(1, golden.Length, 1);
        v.Row(golden.Length - 1)[0] = 1;
        var shares = AltiShares.Of(golden.Decision.Trace.Tape, layer, v);
        var (stream, state) = AltiShares.States(layer, v);
        var sum = new double[state.Width];
        for (var j = 0; j < shares.Length; j++)
        {
            for (var d = 0; d < sum.Length; d++)
            {
                sum[d] += shares.Row(j)[d];
            }
        }

        Golden.AssertClose("shares", sum, [.. state.Row(0).ToArray().Zip(stream.Row(0).ToArray(), (a, b) => a - b)], 1e-12);
    }

    [Theory]
    [InlineData("falcon-h1-micro")]
    [InlineData("nemotron-h-moe-micro")]
    [InlineData("jamba-micro")]
    public void Every_method_that_can_explains_a_hybrid(string folder)
    {
        using var golden = new GoldenLanguageModel<float>(folder, tolerance: 0);
        foreach (var method in AttributionMethods.For(golden.Model.Shape).Where(method => !method.TakesManyPasses))
        {
            var map = method.Explain(
                golden.Decision, golden.Model, new(), cancellation: TestContext.Current.CancellationToken)[0];
            Assert.Null(map.Degenerate);
            Assert.Equal(golden.Length, map.Values.Length);
        }
    }
}
