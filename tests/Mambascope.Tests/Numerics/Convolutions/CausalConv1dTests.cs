using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

public class CausalConv1dTests
{
    public static TheoryData<int> AllWidths => Widths.All;

    private static readonly (int Batch, int Length, int Width, int K, int Gap)[] shapes =
    [
        (1, 1, 1, 1, 0), (2, 3, 5, 4, 2), (1, 40, 64, 4, 0), (3, 17, 33, 3, 1), (2, 70, 48, 4, 0), (1, 197, 40, 4, 40),
        (2, 33, 18, 7, 3), (300, 5, 8, 4, 0),
    ];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Convolution_equals_its_plain_form(int lanes)
    {
        using var one = new Workers(1);
        var samples = new Samples(1);
        foreach (var (batch, length, width, K, gap) in shapes)
        {
            var w = samples.Weight(width, 1, K);
            var bias = samples.Weight(width);
            var x = samples.Activation(batch, length, width, gap);
            var dp = samples.Activation(batch, length, width, gap);
            var target = samples.Activation(batch, length, width, gap);
            foreach (var order in Orders(length))
            {
                foreach (var b in new[] { bias, null })
                {
                    var p = Activation<double>.Zeros(batch, length, width);
                    CausalConv1d.ForwardPlain(one, Samples.Widen(x), w, b, order, p);
                    KernelCheck.Run(
                        lanes, target, (workers, to) => CausalConv1d.ForwardKernel(workers, x, w, b, order, to), p, $"conv {x} K {K}");
                }

                foreach (var accumulate in new[] { false, true })
                {
                    var dx = Samples.Widen(target);
                    CausalConv1d.BackwardInputPlain(one, Samples.Widen(dp), w, order, dx, accumulate);
                    KernelCheck.Run(
                        lanes,
                        target,
                        (workers, to) => CausalConv1d.BackwardKernel(workers, dp, w, order, to, accumulate),
                        dx,
                        $"conv dx {x} K {K}");
                }

                var dw = Array.ConvertAll(w.Values<float>(), v => (double)v);
                CausalConv1d.BackwardWeightPlain(Samples.Widen(dp), Samples.Widen(x), order, dw);
                KernelCheck.Run(
                    lanes, w.Values<float>(), (workers, to) => new ConvWeightKernel(workers, dp, x, order, to), dw, $"conv dw {x} K {K}");
            }
        }
    }

    [Fact]
    public void Plain_gradients_equal_finite_differences()
    {
        using var one = new Workers(1);
        var samples = new Samples(2);
        var (batch, length, width, K) = (2, 6, 3, 4);
        var w = samples.Weight(width, 1, K);
        var bias = samples.Weight(width);
        var x = Samples.Widen(samples.Activation(batch, length, width));
        var dp = Samples.Widen(samples.Activation(batch, length, width));
        foreach (var order in Orders(length))
        {
            var dx = Activation<double>.Zeros(batch, length, width);
            CausalConv1d.BackwardInputPlain(one, dp, w, order, dx, accumulate: false);
            FiniteDifferences.Check("dx", x.Buffer, dx.Buffer, Loss);
            var dw = new double[width * K];
            CausalConv1d.BackwardWeightPlain(dp, x, order, dw);
            FiniteDifferences.Check("dw", w.Values<float>(), dw, Loss);

            double Loss()
            {
                var p = Activation<double>.Zeros(batch, length, width);
                CausalConv1d.ForwardPlain(one, x, w, bias, order, p);
                return FiniteDifferences.Dot(dp.Buffer, p.Buffer);
            }
        }
    }

    [Fact]
    public void No_step_reads_a_later_one()
    {
        using var one = new Workers(1);
        var samples = new Samples(3);
        var order = ScanOrder.Reverse(20);
        var w = samples.Weight(24, 1, 4);
        var x = samples.Activation(1, 20, 24);
        var before = Activation<float>.Zeros(1, 20, 24);
        var after = Activation<float>.Zeros(1, 20, 24);
        CausalConv1d.Forward(one, x, w, bias: null, order, before);
        x.Row(order.Tokens[12]).Fill(5);
        CausalConv1d.Forward(one, x, w, bias: null, order, after);
        for (var t = 0; t < 20; t++)
        {
            var token = order.Tokens[t];
            var same = before.Row(token).SequenceEqual(after.Row(token));
            Assert.Equal(t is < 12 or > 15, same);
        }
    }

    private static IEnumerable<ScanOrder> Orders(int length)
    {
        yield return ScanOrder.Forward(length);
        yield return ScanOrder.Reverse(length);
        var permutation = Enumerable.Range(0, length).ToArray();
        new Random(length).Shuffle(permutation);
        yield return ScanOrder.Of(permutation);
    }
}
