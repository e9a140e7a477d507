using System.Runtime.Intrinsics;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attention;

/// <summary>What must hold for the hidden attention of any layer.</summary>
public sealed class HiddenAttentionPropertyTests : IDisposable
{
    private readonly Workers workers = new(2);
    private readonly VisionMamba model = new(TinyVim.Config, TinyVim.Weights(TinyVim.Config));

    [Fact]
    public void Alpha_times_u_is_the_scan_output()
    {
        using var trace = TinyVim.Run<double>(workers, model, batch: 2);
        ForEachChannel(trace, (layer, item, channel) =>
        {
            foreach (var direction in layer.Scans)
            {
                var alpha = ChannelMatrix.S6(direction, item, channel);
                Golden.AssertClose(
                    "y", Multiply(alpha, Column(direction.U.Data, item, channel)), Column(direction.Y.Data, item, channel), 1e-12);
            }
        });
    }

    [Fact]
    public void Block_times_x_plus_bias_is_the_gated_output()
    {
        using var trace = TinyVim.Run<double>(workers, model, batch: 2);
        ForEachChannel(trace, (layer, item, channel) =>
        {
            var product = Multiply(ChannelMatrix.Of(layer, item, channel, AttentionView.Block), Column(layer.X.Data, item, channel));
            foreach (var direction in layer.Scans)
            {
                product = [.. product.Zip(BlockBias.Of(layer, direction, item, channel), (a, b) => a + b)];
            }

            Golden.AssertClose("gated", product, Column(layer.Gated.Data, item, channel), 1e-12);
        });
    }

    [Theory]
    [InlineData(AttentionView.S6, ScanDirections.Both)]
    [InlineData(AttentionView.S6, ScanDirections.Backward)]
    [InlineData(AttentionView.Block, ScanDirections.Both)]
    [InlineData(AttentionView.Block, ScanDirections.Forward)]
    public void Linear_time_product_equals_the_explicit_one(AttentionView view, ScanDirections directions)
    {
        using var trace = TinyVim.Run<double>(workers, model, batch: 2);
        var layer = trace.ScanMixers[1];
        var (L, E) = (trace.Length, layer.X.Data.Width);
        var v = TinyVim.RandomActivation(2, L, 1, seed: 4);
        var actual = Activation<double>.Zeros(2, L, E);
        AttentionProduct.Channels(workers, new BufferPool<double>(), layer, view, directions, v, actual);
        for (var item = 0; item < 2; item++)
        {
            for (var e = 0; e < E; e++)
            {
                var matrix = ChannelMatrix.Of(layer, item, e, view, directions);
                var expected = Enumerable
                    .Range(0, L)
                    .Select(j => Enumerable.Range(0, L).Sum(i => v.Row(item, i)[0] * matrix[i, j]))
                    .ToArray();
                Golden.AssertClose($"{view} {directions} channel {e}", Column(actual, item, e), expected, 1e-12);
            }
        }
    }

    public static IEnumerable<TheoryDataRow<AttentionView, SignRule, ChannelReduction, ScanDirections>> AllRequests
        => from view in Enum.GetValues<AttentionView>()
           from sign in Enum.GetValues<SignRule>()
           from reduction in Enum.GetValues<ChannelReduction>()
           from directions in new[] { ScanDirections.Both, ScanDirections.Forward, ScanDirections.Backward }
           select new TheoryDataRow<AttentionView, SignRule, ChannelReduction, ScanDirections>(view, sign, reduction, directions);

    /// <summary>Every reduction, sign rule and view: the streaming kernel against the plain loops, in every register width.</summary>
    [Theory]
    [MemberData(nameof(AllRequests))]
    public void Streamed_reduction_equals_the_plain_one(
        AttentionView view, SignRule sign, ChannelReduction reduction, ScanDirections directions)
    {
        using var trace = TinyVim.Run<float>(workers, model, batch: 2);
        var layer = trace.ScanMixers[2];
        var weights = new Activation<float>(
            Array.ConvertAll(TinyVim.RandomActivation(2, trace.Length, layer.X.Data.Width, seed: 8).Buffer, v => (float)v),
            0,
            2,
            trace.Length,
            layer.X.Data.Width,
            layer.X.Data.Width);
        foreach (var rows in new Activation<float>?[] { null, weights })
        {
            var request = new MatrixRequest<float>
            {
                View = view,
                Sign = sign,
                Reduction = reduction,
                Directions = directions,
                RowWeights = rows,
                ColumnWeights = rows is null ? null : layer.X.Data,
            };
            var expected = Array.ConvertAll(MatrixReduction.ReducePlain(workers, layer, 1, request).Values, v => (double)v);
            if (reduction == ChannelReduction.Product)
            {
                Assert.False(StreamedReduction.CanReduce(layer, request));
                continue;
            }

            Compare("512 bits", StreamedReduction.Reduce<Width512, Vector512<float>>(workers, layer, 1, request), expected);
            Compare("256 bits", StreamedReduction.Reduce<Width256, Vector256<float>>(workers, layer, 1, request), expected);
            Compare("128 bits", StreamedReduction.Reduce<Width128, Vector128<float>>(workers, layer, 1, request), expected);
            Compare("scalar", StreamedReduction.Reduce<Width1, float>(workers, layer, 1, request), expected);
        }

        static void Compare(string name, AttentionMatrix<float> actual, double[] expected)
            => Golden.AssertClose(name, Array.ConvertAll(actual.Values, v => (double)v), expected, 1e-5);
    }

    /// <summary>
    /// Decays from none at all to far below the range of float within one tile: both ways of treating a tile's own columns.
    /// </summary>
    [Theory]
    [InlineData(-6, 1e-5)]
    [InlineData(0, 1e-5)]
    [InlineData(2, 1e-5)]
    [InlineData(5, 1e-5)]
    public void Streamed_reduction_holds_for_weak_and_strong_decay(float shift, double tolerance)
    {
        var weights = TinyVim.Weights(TinyVim.Config);
        foreach (var block in weights.Blocks)
        {
            for (var e = 0; e < TinyVim.Config.InnerWidth; e++)
            {
                block.Forward.DtBias.Values<float>()[e] += shift + (0.1f * e);
                block.Backward.DtBias.Values<float>()[e] += shift - (0.1f * e);
            }
        }

        var strong = new VisionMamba(TinyVim.Config, weights);
        using var trace = TinyVim.Run<float>(workers, strong);
        using var exact = TinyVim.Run<double>(workers, strong);
        foreach (var view in Enum.GetValues<AttentionView>())
        {
            foreach (var sign in Enum.GetValues<SignRule>())
            {
                var actual = MatrixReduction.Reduce(workers, trace.ScanMixers[0], 0, new MatrixRequest<float> { View = view, Sign = sign });
                var expected = MatrixReduction.Reduce(
                    workers, exact.ScanMixers[0], 0, new MatrixRequest<double> { View = view, Sign = sign });
                Golden.AssertClose(
                    $"{view} {sign} shift {shift}", Array.ConvertAll(actual.Values, v => (double)v), expected.Values, tolerance);
            }
        }
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        float[]? expected = null;
        foreach (var threads in new[] { 1, 2, 3, 5 })
        {
            using var team = new Workers(threads);
            using var trace = TinyVim.Run<float>(team, model);
            var matrix = MatrixReduction.Reduce(
                team, trace.ScanMixers[0], 0, new MatrixRequest<float> { View = AttentionView.Block, Sign = SignRule.Clamp });
            Assert.Equal(expected ??= matrix.Values, matrix.Values);
        }
    }

    /// <summary>
    /// A hand-made channel that counts how many ones in a row end at each position: its attention is one on the current run and zero
    /// elsewhere.
    /// </summary>
    [Fact]
    public void Counting_ones_in_a_row_attends_to_the_current_run()
    {
        // Decay exp(-Delta) is 0 to machine precision where the input is 0 (Delta huge) and 1 where it is 1 (Delta tiny, B = 1 / Delta).
        int[] ones = [1, 1, 0, 1, 1, 1, 0, 0, 1];
        var L = ones.Length;
        var delta = Activation<double>.Of([.. ones.Select(one => one == 1 ? 1e-9 : 1e3)], 1, L, 1);
        var b = Activation<double>.Of([.. ones.Select(one => one == 1 ? 1e9 : 0)], 1, L, 1);
        var c = Activation<double>.Of([.. ones.Select(one => (double)one)], 1, L, 1);
        var values = new[] { c, delta, b, c, c }.Select((data, i) => new Value<double>(i, data)).ToArray();
        var weight = new Weight("A_log", [0f], 1, 1);
        var direction = new ScanTrace<double>(
            ScanOrder.Forward(L), Before: null, weight, weight, values[0], values[1], values[2], values[3], values[4]);
        var alpha = ChannelMatrix.S6(direction, 0, 0);
        for (var i = 0; i < L; i++)
        {
            for (var j = 0; j < L; j++)
            {
                var isRun = j <= i && Enumerable.Range(j, i - j + 1).All(k => ones[k] == 1);
                Assert.Equal(isRun ? 1 : 0, alpha[i, j], tolerance: 1e-7);
            }
        }
    }

    private static void ForEachChannel(Trace<double> trace, Action<ScanMixerTrace<double>, int, int> check)
    {
        foreach (var layer in trace.ScanMixers)
        {
            for (var item = 0; item < layer.X.Data.Batch; item++)
            {
                for (var channel = 0; channel < layer.X.Data.Width; channel += 4)
                {
                    check(layer, item, channel);
                }
            }
        }
    }

    private static double[] Multiply(AttentionMatrix<double> matrix, double[] vector)
        => [.. Enumerable.Range(0, vector.Length).Select(i => Enumerable.Range(0, vector.Length).Sum(j => matrix[i, j] * vector[j]))];

    private static double[] Column(Activation<double> values, int item, int channel)
        => [.. Enumerable.Range(0, values.Length).Select(t => values.Row(item, t)[channel])];

    public void Dispose() => workers.Dispose();
}
