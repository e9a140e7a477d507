using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

public class DepthwiseConv2dTests
{
    public static TheoryData<int> AllWidths => Widths.All;

    private static readonly (int Batch, int Rows, int Columns, int Width, int K, int Gap)[] shapes =
    [
        (1, 1, 1, 1, 3, 0), (2, 3, 2, 5, 3, 2), (1, 7, 5, 33, 3, 1), (2, 4, 9, 48, 3, 0), (1, 6, 6, 18, 5, 3), (1, 14, 14, 64, 3, 64),
    ];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Convolution_equals_its_plain_form(int lanes)
    {
        using var one = new Workers(1);
        var samples = new Samples(1);
        foreach (var (batch, rows, columns, width, K, gap) in shapes)
        {
            GridShape grid = new(rows, columns);
            var w = samples.Weight(width, 1, K, K);
            var bias = samples.Weight(width);
            var x = samples.Activation(batch, grid.Count, width, gap);
            var dp = samples.Activation(batch, grid.Count, width, gap);
            var target = samples.Activation(batch, grid.Count, width, gap);
            foreach (var b in new[] { bias, null })
            {
                var p = Activation<double>.Zeros(batch, grid.Count, width);
                DepthwiseConv2d.Forward(one, Samples.Widen(x), w, b, grid, p);
                var taps = ConvKernel.Transpose(w.Values<float>(), width, reverse: false);
                KernelCheck.Run(
                    lanes,
                    target,
                    (workers, to) => new GridConvKernel(workers, x, taps, b?.Values<float>(), grid, to, Accumulate: false),
                    p,
                    $"conv {x} K {K}");
            }

            foreach (var accumulate in new[] { false, true })
            {
                var dx = Samples.Widen(target);
                DepthwiseConv2d.BackwardInput(one, Samples.Widen(dp), w, grid, dx, accumulate);
                var taps = ConvKernel.Transpose(w.Values<float>(), width, reverse: true);
                KernelCheck.Run(
                    lanes,
                    target,
                    (workers, to) => new GridConvKernel(workers, dp, taps, Bias: null, grid, to, accumulate),
                    dx,
                    $"conv dx {x} K {K}");
            }

            var dw = Array.ConvertAll(w.Values<float>(), v => (double)v);
            DepthwiseConv2d.BackwardWeight(one, Samples.Widen(dp), Samples.Widen(x), grid, dw);
            KernelCheck.Run(
                lanes, w.Values<float>(), (workers, to) => new GridConvWeightKernel(workers, dp, x, grid, to), dw, $"conv dw {x} K {K}");
        }
    }

    [Fact]
    public void Plain_gradients_equal_finite_differences()
    {
        using var one = new Workers(1);
        var samples = new Samples(2);
        GridShape grid = new(4, 3);
        var w = samples.Weight(3, 1, 3, 3);
        var bias = samples.Weight(3);
        var x = Samples.Widen(samples.Activation(2, grid.Count, 3));
        var dp = Samples.Widen(samples.Activation(2, grid.Count, 3));
        var dx = Activation<double>.Zeros(2, grid.Count, 3);
        DepthwiseConv2d.BackwardInput(one, dp, w, grid, dx, accumulate: false);
        FiniteDifferences.Check("dx", x.Buffer, dx.Buffer, Loss);
        var dw = new double[w.Count];
        DepthwiseConv2d.BackwardWeight(one, dp, x, grid, dw);
        FiniteDifferences.Check("dw", w.Values<float>(), dw, Loss);

        double Loss()
        {
            var p = Activation<double>.Zeros(2, grid.Count, 3);
            DepthwiseConv2d.Forward(one, x, w, bias, grid, p);
            return FiniteDifferences.Dot(dp.Buffer, p.Buffer);
        }
    }

    [Fact]
    public void A_tap_meets_its_neighbour()
    {
        // One tap up and to the left: every token takes the value of the one there, and 0 at the borders.
        using var one = new Workers(1);
        Weight w = new("w", [1, 0, 0, 0, 0, 0, 0, 0, 0], 1, 1, 3, 3);
        var p = Activation<float>.Zeros(1, 6, 1);
        DepthwiseConv2d.Forward(one, Activation<float>.Of([1, 2, 3, 4, 5, 6], 1, 6, 1), w, bias: null, new(2, 3), p);
        Assert.Equal([0f, 0, 0, 0, 1, 2], p.ToArray());
    }
}
