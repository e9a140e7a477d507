using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>GPT-2's GELU and the squared ReLU: vectors against the plain double form, gradients against finite differences.</summary>
public sealed class MlpFunctionTests
{
    public static TheoryData<int> AllWidths => Widths.All;

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Functions_equal_their_plain_forms(int lanes)
    {
        using var one = new Workers(1);
        foreach (var (length, width, gap) in new[] { (1, 1, 0), (3, 5, 2), (40, 64, 0), (17, 33, 1) })
        {
            var samples = new Samples(length);
            var (x, dy, target) = (
                samples.Activation(2, length, width, gap, scale: 6), samples.Activation(2, length, width, gap),
                samples.Activation(2, length, width, gap));
            Check<GeluTanh>(lanes, one, x, dy, target);
            Check<ReluSquared>(lanes, one, x, dy, target);
        }
    }

    [Fact]
    public void Gradients_equal_finite_differences()
    {
        using var one = new Workers(1);
        var samples = new Samples(4);
        var x = Samples.Widen(samples.Activation(1, 3, 5, scale: 3));
        var dy = Samples.Widen(samples.Activation(1, 3, 5));
        var (y, dx) = (Activation<double>.Zeros(1, 3, 5), Activation<double>.Zeros(1, 3, 5));
        GeluTanh.BackwardPlain(one, x, dy, dx, accumulate: false);
        FiniteDifferences.Check("gelu", x.Buffer, dx.Buffer, () => Loss(() => GeluTanh.ForwardPlain(one, x, y)));
        ReluSquared.BackwardPlain(one, x, dy, dx, accumulate: false);
        FiniteDifferences.Check("relu²", x.Buffer, dx.Buffer, () => Loss(() => ReluSquared.ForwardPlain(one, x, y)));

        double Loss(Action forward)
        {
            forward();
            return FiniteDifferences.Dot(dy.Buffer, y.Buffer);
        }
    }

    /// <summary>With its factor held, each gives its input exactly what it has: x f(x)/x.</summary>
    [Fact]
    public void Held_factors_conserve()
    {
        using var one = new Workers(1);
        var x = Samples.Widen(new Samples(7).Activation(1, 4, 9, scale: 3));
        var (y, dx) = (Activation<double>.Zeros(1, 4, 9), Activation<double>.Zeros(1, 4, 9));
        var ones = Activation<double>.Of([.. Enumerable.Repeat(1.0, 36)], 1, 4, 9);
        GeluTanh.ForwardPlain(one, x, y);
        GeluTanh.BackwardHeldGate(one, x, ones, dx, accumulate: false);
        Golden.AssertClose("gelu", [.. x.Buffer.Zip(dx.Buffer, (a, b) => a * b)], y.Buffer, 1e-14);
        ReluSquared.ForwardPlain(one, x, y);
        ReluSquared.BackwardHeldFactor(one, x, ones, dx, accumulate: false);
        Golden.AssertClose("relu²", [.. x.Buffer.Zip(dx.Buffer, (a, b) => a * b)], y.Buffer, 1e-14);
    }

    [Theory]
    [InlineData(1e30f)]
    [InlineData(-1e30f)]
    [InlineData(60f)]
    [InlineData(-60f)]
    public void A_far_value_of_gelu_stays_finite(float value)
    {
        using var one = new Workers(1);
        var x = Activation<float>.Of([.. Enumerable.Repeat(value, 19)], 1, 1, 19);
        var ones = Activation<float>.Of([.. Enumerable.Repeat(1f, 19)], 1, 1, 19);
        var y = Activation<float>.Zeros(1, 1, 19);
        GeluTanh.Forward(one, x, y);
        Assert.All(y.Buffer, v => Assert.Equal(Math.Max(value, 0), v, 1e-37f * Math.Abs(value))); // 2^-126 stands for zero
        GeluTanh.Backward(one, x, ones, y, accumulate: false);
        Assert.All(y.Buffer, v => Assert.Equal(value > 0 ? 1f : 0f, v, 1e-6f));
    }

    private static void Check<TFunction>(
        int lanes, Workers one, Activation<float> x, Activation<float> dy, Activation<float> target)
        where TFunction : struct, IVectorFunction
    {
        var y = Activation<double>.Zeros(x.Batch, x.Length, x.Width);
        FunctionOverTokens.ForwardPlain<TFunction, double>(one, Samples.Widen(x), y);
        KernelCheck.Run(
            lanes, target, (workers, to) => FunctionOverTokens.ForwardKernel<TFunction>(workers, x, to), y,
            $"{typeof(TFunction).Name} {x}");
        foreach (var accumulate in new[] { false, true })
        {
            var dx = Samples.Widen(target);
            FunctionOverTokens.BackwardPlain<TFunction, double>(one, Samples.Widen(x), Samples.Widen(dy), dx, accumulate);
            KernelCheck.Run(
                lanes, target, (workers, to) => FunctionOverTokens.BackwardKernel<TFunction>(workers, x, dy, to, accumulate), dx,
                $"{typeof(TFunction).Name} gradient {x}");
        }
    }
}
