using Mambascope.Attention;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Attention;

public sealed class ChannelRankingTests
{
    [Fact]
    public void Channels_are_ranked_by_their_explicit_rows()
    {
        using var workers = new Workers(2);
        var model = new VisionMamba(TinyVim.Config, TinyVim.Weights(TinyVim.Config));
        using var trace = TinyVim.Run<double>(workers, model, batch: 2);
        var layer = trace.ScanMixers[1];
        var expected = Enumerable.Range(0, layer.X.Data.Width)
            .Select(e => (Channel: e, Weight: ChannelMatrix.Of(layer, 1, e, AttentionView.Block).Row(3).ToArray().Sum(Math.Abs)))
            .OrderByDescending(ranked => ranked.Weight).Take(4).ToArray();
        var actual = ChannelRanking.Top(workers, new BufferPool<double>(), layer, 1, token: 3, count: 4, AttentionView.Block);
        Assert.Equal(expected.Select(r => r.Channel), actual.Select(r => r.Channel));
        Golden.AssertClose("weights", [.. actual.Select(r => r.Weight)], [.. expected.Select(r => r.Weight)], 1e-12);
    }

    [Fact]
    public void A_mean_over_chosen_channels_is_the_mean_of_their_matrices()
    {
        using var workers = new Workers(2);
        var model = new VisionMamba(TinyVim.Config, TinyVim.Weights(TinyVim.Config));
        using var trace = TinyVim.Run<float>(workers, model);
        int[] channels = [5, 2, 17];
        var actual = MatrixReduction.Reduce(workers, trace.ScanMixers[0], 0, new MatrixRequest<float> { Channels = channels });
        var expected = new double[actual.Values.Length];
        foreach (var channel in channels)
        {
            expected =
            [
                .. expected.Zip(ChannelMatrix.Of(trace.ScanMixers[0], 0, channel, AttentionView.S6).Values, (sum, value) =>
                    sum + (value / 3.0)),
            ];
        }

        Golden.AssertClose("mean of three", Array.ConvertAll(actual.Values, v => (double)v), expected, 1e-6);
    }
}
