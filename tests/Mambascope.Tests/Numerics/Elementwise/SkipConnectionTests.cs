using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

public class SkipConnectionTests
{
    public static TheoryData<int> AllWidths => Widths.All;

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Skip_equals_its_plain_form(int lanes)
    {
        using var one = new Workers(1);
        var samples = new Samples(1);
        foreach (var (batch, length, width, gap) in new[] { (1, 1, 1, 0), (2, 3, 5, 2), (1, 40, 64, 0), (3, 17, 33, 1), (2, 197, 96, 0) })
        {
            var D = samples.Weight(width);
            var y = samples.Activation(batch, length, width, gap);
            var u = samples.Activation(batch, length, width, gap);
            var target = samples.Activation(batch, length, width, gap);
            var s = Activation<double>.Zeros(batch, length, width);
            SkipConnection.Plain(one, Samples.Widen(y), Samples.Widen(u), D, s, add: true);
            KernelCheck.Run(
                lanes, target, (workers, to) => new SkipConnection.Kernel(workers, y, u, D.Values<float>(), to, Add: true), s, $"skip {y}");
            foreach (var accumulate in new[] { false, true })
            {
                var du = Samples.Widen(target);
                SkipConnection.BackwardInput(one, Samples.Widen(y), D, du, accumulate);
                KernelCheck.Run(
                    lanes,
                    target,
                    (workers, to) => new SkipConnection.Kernel(workers, to, y, D.Values<float>(), to, accumulate),
                    du,
                    $"skip du {y}");
            }

            var dD = Array.ConvertAll(D.Values<float>(), v => (double)v);
            SkipConnection.BackwardWeightPlain(Samples.Widen(y), Samples.Widen(u), dD);
            KernelCheck.Run(lanes, D.Values<float>(), (workers, to) => SkipConnection.WeightKernel(workers, y, u, to), dD, $"skip dD {y}");
        }
    }

    [Fact]
    public void Plain_gradients_equal_finite_differences()
    {
        using var one = new Workers(1);
        var samples = new Samples(2);
        var D = samples.Weight(4);
        var y = Samples.Widen(samples.Activation(1, 3, 4));
        var u = Samples.Widen(samples.Activation(1, 3, 4));
        var ds = Samples.Widen(samples.Activation(1, 3, 4));
        var du = Activation<double>.Zeros(1, 3, 4);
        SkipConnection.BackwardInput(one, ds, D, du, accumulate: false);
        FiniteDifferences.Check("du", u.Buffer, du.Buffer, Loss);
        var dD = new double[4];
        SkipConnection.BackwardWeight(one, ds, u, dD);
        FiniteDifferences.Check("dD", D.Values<float>(), dD, Loss);

        double Loss()
        {
            var s = Activation<double>.Zeros(1, 3, 4);
            SkipConnection.Forward(one, y, u, D, s);
            return FiniteDifferences.Dot(ds.Buffer, s.Buffer);
        }
    }
}
