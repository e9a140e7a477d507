using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Attention;

/// <summary>Hidden attention of the worked example against figures computed independently in double precision, six decimals.</summary>
public sealed class WorkedExampleTests
{
    private const double Tolerance = 1e-5; // six printed decimals of values near 1

    [Theory]
    [InlineData(0, new[] { 0.125, 0, 0, 0, 0.657101, -0.05, 0, 0, -0.013793, 0.031666, 0.25, 0, -0.095986, 0.006078, 0.660735, -0.2 })]
    [InlineData(1, new[] { 0.075, 0, 0, 0, 0.263897, -0.35, 0, 0, -0.029950, 1.116319, 0.05, 0, -0.110319, 0.297255, 0.123034, -0.4 })]
    public void Alpha_matches(int channel, double[] expected)
    {
        var layer = WorkedExample.Layer();
        Golden.AssertClose("alpha", ChannelMatrix.S6(layer.Scans[0], 0, channel).Values, expected, Tolerance);
    }

    [Theory]
    [InlineData(
        0,
        new[] { 0.009471, 0, 0, 0, -0.039925, -0.003528, 0, 0, 0.042968, 0.068003, 0.078841, 0, 0.012579, 0.026504, 0.034262, -0.005849 },
        new[] { 0.001184, -0.005101, 0.010576, 0.003453 })]
    [InlineData(
        1,
        new[] { 0.009034, 0, 0, 0, 0.022070, -0.035381, 0, 0, -0.000949, 0.012113, -0.002631, 0, 0.081100, 0.048813, 0.072410, -0.297098 },
        new[] { -0.001807, 0.002662, -0.001812, 0.033735 })]
    public void Block_and_bias_match(int channel, double[] block, double[] bias)
    {
        var layer = WorkedExample.Layer();
        Golden.AssertClose("T'", ChannelMatrix.Block(layer, layer.Scans[0], 0, channel).Values, block, 2e-5);
        Golden.AssertClose("b'", BlockBias.Of(layer, layer.Scans[0], 0, channel), bias, 1e-4);
    }

    [Fact]
    public void Scan_and_gate_match()
    {
        var layer = WorkedExample.Layer();
        Golden.AssertClose(
            "y",
            layer.Scans[0].Y.Data.Buffer,
            [0.034348, 0.006046, 0.136891, 0.071913, 0.092565, -0.140541, 0.105537, -0.050572],
            Tolerance);
        Golden.AssertClose(
            "gated",
            layer.Gated.Data.Buffer,
            [0.010655, 0.002710, -0.052083, 0.031388, 0.110708, -0.012289, 0.031854, -0.138604],
            Tolerance);
    }

    [Fact]
    public void Rollout_of_two_equal_layers_matches()
    {
        using var workers = new Workers(1);
        var layer = WorkedExample.Layer();
        var mean = MatrixReduction.Reduce(workers, layer, 0, new MatrixRequest<double>());
        Golden.AssertClose(
            "mean",
            mean.Values,
            [0.1, 0, 0, 0, 0.460499, -0.2, 0, 0, -0.021871, 0.573992, 0.15, 0, -0.103152, 0.151666, 0.391885, -0.3],
            Tolerance);
        Golden.AssertClose("rollout", Twice(mean, new()), [-0.124402, 0.452438, 0.724987, 0.49], Tolerance);
    }

    [Fact]
    public void Linear_time_product_gives_the_same_rollout()
    {
        using var workers = new Workers(1);
        var layer = WorkedExample.Layer();
        var v = Unit();
        for (var step = 0; step < 2; step++)
        {
            v = RolloutProduct.Step(
                v, AttentionProduct.Mean(workers, new BufferPool<double>(), layer, AttentionView.S6, ScanDirections.Both, v), new());
        }

        Golden.AssertClose("rollout", v.Buffer, [-0.124402, 0.452438, 0.724987, 0.49], Tolerance);
    }

    private static double[] Twice(AttentionMatrix<double> matrix, AttributionOptions options)
        => RolloutProduct.Step(RolloutProduct.Step(Unit(), [matrix], options), [matrix], options).ToArray();

    private static Activation<double> Unit() => Activation<double>.Of([0, 0, 0, 1], 1, 4, 1);
}
