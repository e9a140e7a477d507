using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>
/// Silu, Softplus, Product, Sum and the bias gradient: vectors against the plain double form, gradients against finite differences.
/// </summary>
public class ElementwiseTests
{
    public static TheoryData<int> AllWidths => Widths.All;

    private static readonly (int Batch, int Length, int Width, int Gap)[] shapes =
    [
        (1, 1, 1, 0), (2, 3, 5, 2), (1, 40, 64, 0), (3, 17, 33, 1), (2, 197, 96, 96), (1, 300, 200, 0),
    ];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Silu_equals_its_plain_form(int lanes)
    {
        using var one = new Workers(1);
        foreach (var (x, dy, target) in Operands(1, scale: 30))
        {
            var y = Zeros(x);
            Silu.ForwardPlain(one, Samples.Widen(x), y);
            KernelCheck.Run(lanes, target, (workers, to) => Silu.ForwardKernel(workers, x, to), y, $"silu {x}");
            foreach (var accumulate in new[] { false, true })
            {
                var dx = Samples.Widen(target);
                Silu.BackwardPlain(one, Samples.Widen(x), Samples.Widen(dy), dx, accumulate);
                KernelCheck.Run(
                    lanes, target, (workers, to) => Silu.BackwardKernel(workers, x, dy, to, accumulate), dx, $"silu gradient {x}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Softplus_equals_its_plain_form(int lanes)
    {
        using var one = new Workers(1);
        foreach (var (x, dy, target) in Operands(2, scale: 30))
        {
            var y = Zeros(x);
            Softplus.ForwardPlain(one, Samples.Widen(x), y);
            KernelCheck.Run(lanes, target, (workers, to) => Softplus.ForwardKernel(workers, x, to), y, $"softplus {x}");
            foreach (var accumulate in new[] { false, true })
            {
                var dx = Samples.Widen(target);
                Softplus.BackwardPlain(one, Samples.Widen(x), Samples.Widen(dy), dx, accumulate);
                KernelCheck.Run(
                    lanes, target, (workers, to) => Softplus.BackwardKernel(workers, x, dy, to, accumulate), dx, $"softplus gradient {x}");
            }
        }
    }

    [Theory]
    [InlineData(float.MaxValue)]
    [InlineData(200f)]
    [InlineData(-200f)]
    [InlineData(float.MinValue)]
    public void Far_values_stay_finite(float value)
    {
        using var one = new Workers(1);
        var x = Activation<float>.Of([.. Enumerable.Repeat(value, 19)], 1, 1, 19);
        var ones = Activation<float>.Of([.. Enumerable.Repeat(1f, 19)], 1, 1, 19);
        var y = Activation<float>.Zeros(1, 1, 19);
        Softplus.Forward(one, x, y);
        Assert.All(y.Buffer, v => Assert.Equal(Math.Max(value, 0), v, 1e-30f));
        Silu.Forward(one, x, y);
        Assert.All(y.Buffer, v => Assert.True(float.IsFinite(v), $"silu({value}) is {v}"));
        Softplus.Backward(one, x, ones, y, accumulate: false);
        Assert.All(y.Buffer, v => Assert.Equal(value > 0 ? 1f : 0f, v, 1e-30f));
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Product_and_sum_equal_their_plain_forms(int lanes)
    {
        using var one = new Workers(1);
        foreach (var (a, b, target) in Operands(3, scale: 2))
        {
            foreach (var accumulate in new[] { false, true })
            {
                var g = Samples.Widen(target);
                Product.Plain(one, Samples.Widen(a), Samples.Widen(b), 0.5f, g, accumulate);
                KernelCheck.Run(lanes, target, (workers, to) => Product.Kernel(workers, a, b, 0.5f, to, accumulate), g, $"product {a}");
            }

            var c = Zeros(a);
            Sum.Plain(one, Samples.Widen(a), Samples.Widen(b), c);
            KernelCheck.Run(lanes, target, (workers, to) => Sum.Kernel(workers, a, b, to), c, $"sum {a}");

            var more = Samples.Widen(target);
            Sum.Accumulate(one, more, Samples.Widen(a));
            KernelCheck.Run(lanes, target, (workers, to) => Sum.Kernel(workers, to, a, to), more, $"accumulate {a}");

            var db0 = new Samples(9).Values(a.Width);
            var db = Array.ConvertAll(db0, v => (double)v);
            Linear.BackwardBiasPlain(Samples.Widen(a), db);
            KernelCheck.Run(lanes, db0, (workers, to) => Linear.BiasKernel(workers, a, to), db, $"bias gradient {a}");
        }
    }

    [Fact]
    public void Plain_gradients_equal_finite_differences()
    {
        using var one = new Workers(1);
        var samples = new Samples(4);
        var x = Samples.Widen(samples.Activation(1, 3, 5, scale: 4));
        var b = Samples.Widen(samples.Activation(1, 3, 5));
        var dy = Samples.Widen(samples.Activation(1, 3, 5));
        var y = Zeros(x);
        var dx = Zeros(x);

        Silu.BackwardPlain(one, x, dy, dx, accumulate: false);
        FiniteDifferences.Check("silu", x.Buffer, dx.Buffer, () => Loss(() => Silu.ForwardPlain(one, x, y)));
        Softplus.BackwardPlain(one, x, dy, dx, accumulate: false);
        FiniteDifferences.Check("softplus", x.Buffer, dx.Buffer, () => Loss(() => Softplus.ForwardPlain(one, x, y)));
        Product.BackwardFirst(one, dy, b, 0.5f, dx, accumulate: false);
        FiniteDifferences.Check("product", x.Buffer, dx.Buffer, () => Loss(() => Product.Forward(one, x, b, 0.5f, y)));

        double Loss(Action forward)
        {
            forward();
            return FiniteDifferences.Dot(dy.Buffer, y.Buffer);
        }
    }

    private static Activation<double> Zeros<T>(Activation<T> x)
        where T : unmanaged
        => Activation<double>.Zeros(x.Batch, x.Length, x.Width);

    private static IEnumerable<(Activation<float> A, Activation<float> B, Activation<float> Target)> Operands(int seed, float scale)
    {
        var samples = new Samples(seed);
        foreach (var (batch, length, width, gap) in shapes)
        {
            yield return (
                samples.Activation(batch, length, width, gap, scale),
                samples.Activation(batch, length, width, gap),
                samples.Activation(batch, length, width, gap));
        }
    }
}
