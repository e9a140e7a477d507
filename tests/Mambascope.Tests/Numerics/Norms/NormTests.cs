using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

public class NormTests
{
    private const float Epsilon = 1e-5f;

    public static TheoryData<int> AllWidths => Widths.All;

    private static readonly (int Batch, int Length, int Width, int Gap)[] shapes =
    [
        (1, 1, 1, 0), (2, 3, 5, 2), (1, 40, 64, 0), (3, 17, 33, 1), (1, 197, 384, 16), (2, 300, 96, 0),
    ];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Rms_norm_equals_its_plain_form(int lanes)
    {
        using var one = new Workers(1);
        foreach (var (w, _, x, dy, target) in Operands(1))
        {
            var y = Zeros(x);
            RmsNorm.ForwardPlain(one, Samples.Widen(x), w, Epsilon, y);
            KernelCheck.Run(
                lanes,
                target,
                (workers, to) => new NormForwardKernel(workers, x, w.Values<float>(), Bias: null, Epsilon, to, Centre: false),
                y,
                $"rms norm {x}");
            foreach (var (accumulate, holdScale) in Choices())
            {
                var dx = Samples.Widen(target);
                RmsNorm.BackwardInputPlain(one, Samples.Widen(x), w, Epsilon, Samples.Widen(dy), dx, accumulate, holdScale);
                KernelCheck.Run(
                    lanes,
                    target,
                    (workers, to) =>
                        new NormBackwardKernel(workers, x, w.Values<float>(), Epsilon, dy, to, accumulate, holdScale, Centre: false),
                    dx,
                    $"rms norm dx {x}");
            }

            var dw = Array.ConvertAll(w.Values<float>(), v => (double)v);
            RmsNorm.BackwardWeightPlain(Samples.Widen(x), Epsilon, Samples.Widen(dy), dw);
            KernelCheck.Run(
                lanes,
                w.Values<float>(),
                (workers, to) => new NormWeightKernel(workers, x, Epsilon, dy, to, Centre: false),
                dw,
                $"rms norm dw {x}");
        }
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Layer_norm_equals_its_plain_form(int lanes)
    {
        using var one = new Workers(1);
        foreach (var (w, bias, x, dy, target) in Operands(2))
        {
            foreach (var b in new[] { bias, null })
            {
                var y = Zeros(x);
                LayerNorm.ForwardPlain(one, Samples.Widen(x), w, b, Epsilon, y);
                KernelCheck.Run(
                    lanes,
                    target,
                    (workers, to) => new NormForwardKernel(workers, x, w.Values<float>(), b?.Values<float>(), Epsilon, to, Centre: true),
                    y,
                    $"layer norm {x}");
            }

            foreach (var (accumulate, holdScale) in Choices())
            {
                var dx = Samples.Widen(target);
                LayerNorm.BackwardInputPlain(one, Samples.Widen(x), w, Epsilon, Samples.Widen(dy), dx, accumulate, holdScale);

                // A single channel has no variance: its gradient is a difference of equal terms times 1 / sqrt(epsilon).
                KernelCheck.Run(
                    lanes,
                    target,
                    (workers, to) =>
                        new NormBackwardKernel(workers, x, w.Values<float>(), Epsilon, dy, to, accumulate, holdScale, Centre: true),
                    dx,
                    $"layer norm dx {x}",
                    bound: 3e-6);
            }

            var dw = Array.ConvertAll(w.Values<float>(), v => (double)v);
            LayerNorm.BackwardWeightPlain(Samples.Widen(x), Epsilon, Samples.Widen(dy), dw);
            KernelCheck.Run(
                lanes,
                w.Values<float>(),
                (workers, to) => new NormWeightKernel(workers, x, Epsilon, dy, to, Centre: true),
                dw,
                $"layer norm dw {x}");
        }
    }

    [Fact]
    public void Public_forms_of_float_and_double_agree()
    {
        using var workers = new Workers(2);
        foreach (var (w, bias, x, dy, target) in Operands(5))
        {
            var y = Zeros(x);
            var found = Samples.Copy(target);
            LayerNorm.Forward(workers, Samples.Widen(x), w, bias, Epsilon, y);
            LayerNorm.Forward(workers, x, w, bias, Epsilon, found);
            Samples.Close(y, found, 2e-6, "layer norm");
            RmsNorm.Forward(workers, Samples.Widen(x), w, Epsilon, y);
            RmsNorm.Forward(workers, x, w, Epsilon, found);
            Samples.Close(y, found, 2e-6, "rms norm");
            RmsNorm.BackwardInput(workers, Samples.Widen(x), w, Epsilon, Samples.Widen(dy), y, accumulate: false, holdScale: true);
            RmsNorm.BackwardInput(workers, x, w, Epsilon, dy, found, accumulate: false, holdScale: true);
            Samples.Close(y, found, 2e-6, "rms norm with the scale held");
        }
    }

    [Fact]
    public void Plain_gradients_equal_finite_differences()
    {
        using var one = new Workers(1);
        var samples = new Samples(3);
        var x = Samples.Widen(samples.Activation(1, 3, 7));
        var dy = Samples.Widen(samples.Activation(1, 3, 7));
        var w = samples.Weight(7);
        var bias = samples.Weight(7);
        var y = Zeros(x);
        var dx = Zeros(x);

        RmsNorm.BackwardInputPlain(one, x, w, Epsilon, dy, dx, accumulate: false, holdScale: false);
        FiniteDifferences.Check("rms norm dx", x.Buffer, dx.Buffer, Rms);
        var dw = new double[7];
        RmsNorm.BackwardWeightPlain(x, Epsilon, dy, dw);
        FiniteDifferences.Check("rms norm dw", w.Values<float>(), dw, Rms);

        LayerNorm.BackwardInputPlain(one, x, w, Epsilon, dy, dx, accumulate: false, holdScale: false);
        FiniteDifferences.Check("layer norm dx", x.Buffer, dx.Buffer, Layer);
        Array.Clear(dw);
        LayerNorm.BackwardWeightPlain(x, Epsilon, dy, dw);
        FiniteDifferences.Check("layer norm dw", w.Values<float>(), dw, Layer);

        double Rms()
        {
            RmsNorm.ForwardPlain(one, x, w, Epsilon, y);
            return FiniteDifferences.Dot(dy.Buffer, y.Buffer);
        }

        double Layer()
        {
            LayerNorm.ForwardPlain(one, x, w, bias, Epsilon, y);
            return FiniteDifferences.Dot(dy.Buffer, y.Buffer);
        }
    }

    [Fact]
    public void Held_scale_makes_the_layer_norm_linear()
    {
        // With r a constant, y is linear in x up to the bias, so x · dx = y · dy must hold without the bias.
        using var one = new Workers(1);
        var samples = new Samples(6);
        var x = Samples.Widen(samples.Activation(1, 4, 9));
        var dy = Samples.Widen(samples.Activation(1, 4, 9));
        var w = samples.Weight(9);
        var (y, dx) = (Zeros(x), Zeros(x));
        LayerNorm.ForwardPlain(one, x, w, bias: null, Epsilon, y);
        LayerNorm.BackwardInputPlain(one, x, w, Epsilon, dy, dx, accumulate: false, holdScale: true);
        Assert.Equal(FiniteDifferences.Dot(y.Buffer, dy.Buffer), FiniteDifferences.Dot(x.Buffer, dx.Buffer), 1e-12);
        RmsNorm.ForwardPlain(one, x, w, Epsilon, y);
        RmsNorm.BackwardInputPlain(one, x, w, Epsilon, dy, dx, accumulate: false, holdScale: true);
        Assert.Equal(FiniteDifferences.Dot(y.Buffer, dy.Buffer), FiniteDifferences.Dot(x.Buffer, dx.Buffer), 1e-12);
    }

    private static IEnumerable<(bool Accumulate, bool HoldScale)> Choices() => [(false, false), (true, false), (false, true), (true, true)];

    private static Activation<double> Zeros<T>(Activation<T> x)
        where T : unmanaged
        => Activation<double>.Zeros(x.Batch, x.Length, x.Width);

    private static IEnumerable<(Weight W, Weight Bias, Activation<float> X, Activation<float> DY, Activation<float> Target)> Operands(
        int seed)
    {
        var samples = new Samples(seed);
        foreach (var (batch, length, width, gap) in shapes)
        {
            yield return (
                samples.Weight(width),
                samples.Weight(width),
                samples.Activation(batch, length, width, gap, scale: 3),
                samples.Activation(batch, length, width, gap),
                samples.Activation(batch, length, width, gap));
        }
    }
}
