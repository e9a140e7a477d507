using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>Softmax, GELU and the products of heads: vectors against the plain double form, gradients against finite differences.</summary>
public class AttentionKernelTests
{
    public static TheoryData<int> AllWidths => Widths.All;

    // (items, heads, tokens, channels a head)
    private static readonly (int Batch, int Heads, int Length, int Width)[] shapes =
    [
        (1, 1, 1, 1), (2, 3, 5, 2), (1, 2, 17, 16), (2, 3, 37, 8), (1, 2, 197, 32),
    ];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Softmax_equals_its_plain_form(int lanes)
    {
        using var one = new Workers(1);
        var samples = new Samples(1);
        foreach (var (batch, heads, length, _) in shapes)
        {
            foreach (var isCausal in new[] { false, true })
            {
                var x = samples.Activation(batch, heads * length, length, gap: 1, scale: 20);
                var da = samples.Activation(batch, heads * length, length, gap: 2);
                var a = Samples.Widen(x);
                Softmax.ForwardPlain(one, a, 0.3f, isCausal);
                KernelCheck.Run(lanes, x, (workers, to) => new Softmax.ForwardKernel(workers, to, 0.3f, isCausal), a, $"softmax {x}");

                var dx = Activation<double>.Zeros(batch, heads * length, length);
                var narrow = Activation<float>.Of(Array.ConvertAll(a.ToArray(), v => (float)v), batch, heads * length, length);
                Softmax.BackwardPlain(one, Samples.Widen(narrow), Samples.Widen(da), 0.3f, dx);
                KernelCheck.Run(
                    lanes, da, (workers, to) => new Softmax.BackwardKernel(workers, narrow, da, 0.3f, to), dx, $"softmax gradient {x}");
            }
        }
    }

    [Fact]
    public void Rows_of_softmax_sum_to_one_and_huge_scores_do_not_overflow()
    {
        using var one = new Workers(1);
        var x = Activation<float>.Of([3e38f, -3e38f, 0, 1000, 1001, 1002, -5000, -5000, -5000], 1, 3, 3);
        Softmax.Forward(one, x, 1, isCausal: false);
        for (var row = 0; row < 3; row++)
        {
            Assert.Equal(1, x.Row(row).ToArray().Sum(), 1e-6f);
        }

        Assert.Equal(1f / 3, x.Row(2)[0], 1e-6f);
        Assert.Equal(0.09003057f, x.Row(1)[0], 1e-6f);
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Gelu_equals_its_plain_form(int lanes)
    {
        using var one = new Workers(1);
        var samples = new Samples(2);
        foreach (var (batch, length, width, gap) in new[] { (1, 1, 1, 0), (2, 3, 5, 2), (1, 40, 64, 0), (2, 197, 33, 1) })
        {
            var (x, dy, target) = (
                samples.Activation(batch, length, width, gap, 8),
                samples.Activation(batch, length, width, gap),
                samples.Activation(batch, length, width, gap));
            var y = Activation<double>.Zeros(batch, length, width);
            Gelu.ForwardPlain(one, Samples.Widen(x), y);
            KernelCheck.Run(lanes, target, (workers, to) => Gelu.ForwardKernel(workers, x, to), y, $"gelu {x}");
            foreach (var accumulate in new[] { false, true })
            {
                var dx = Samples.Widen(target);
                Gelu.Backward(one, Samples.Widen(x), Samples.Widen(dy), dx, accumulate);
                KernelCheck.Run(
                    lanes, target, (workers, to) => Gelu.BackwardKernel(workers, x, dy, to, accumulate), dx, $"gelu gradient {x}");
            }
        }
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.84134474606854293)]
    [InlineData(-1, 0.15865525393145707)]
    [InlineData(-2.5, 0.0062096653257761348)]
    [InlineData(3, 0.99865010196836990)]
    [InlineData(-3.5, 0.00023262907903552504)]
    [InlineData(-8, 6.2209605742717841e-16)]
    [InlineData(-30, 4.9067139271481871e-198)]
    public void The_normal_integral_has_its_tabulated_values(double x, double expected)
        => Assert.Equal(1, NormalDistribution<double>.Cumulative(x) / expected, 1e-13);

    [Fact]
    public void Far_values_of_gelu_stay_finite()
    {
        using var one = new Workers(1);
        foreach (var value in new[] { 100f, 1e19f, float.MaxValue })
        {
            var x = Activation<float>.Of([value, -value, 0, -0f], 1, 1, 4);
            var y = Activation<float>.Zeros(1, 1, 4);
            Gelu.Forward(one, x, y);
            Assert.Equal(value, y.Buffer[0]);
            Assert.All(y.Buffer[1..], v => Assert.True(Math.Abs(v) < 1e-30f, $"gelu gave {v}"));
            Gelu.Backward(one, x, Activation<float>.Of([1, 1, 1, 1], 1, 1, 4), y, accumulate: false);
            Assert.Equal(1f, y.Buffer[0], 1e-6f);
            Assert.Equal(0f, y.Buffer[1], 1e-6f);
            Assert.Equal(0.5f, y.Buffer[2], 1e-6f);
        }
    }

    [Fact]
    public void Products_of_heads_equal_their_plain_form_for_any_number_of_threads()
    {
        var samples = new Samples(3);
        foreach (var (batch, heads, length, width) in shapes)
        {
            var (x, y) = (
                samples.Activation(batch, length, heads * width, gap: 3), samples.Activation(batch, length, heads * width, gap: 1));
            var a = samples.Activation(batch, heads * length, length);
            foreach (var accumulate in new[] { false, true })
            {
                Check(
                    a,
                    (workers, wide, to) => HeadProducts.Scores(workers, wide(x), wide(y), heads, to, accumulate),
                    (workers, to) => HeadProducts.Scores(workers, x, y, heads, to, accumulate),
                    "scores");
                Check(
                    x,
                    (workers, wide, to) => HeadProducts.Mix(workers, wide(a), wide(y), heads, to, accumulate),
                    (workers, to) => HeadProducts.Mix(workers, a, y, heads, to, accumulate),
                    "mix");
                Check(
                    x,
                    (workers, wide, to) => HeadProducts.MixTransposed(workers, wide(a), wide(y), heads, to, accumulate),
                    (workers, to) => HeadProducts.MixTransposed(workers, a, y, heads, to, accumulate),
                    "transposed mix");
            }
        }
    }

    private static void Check(
        Activation<float> target,
        Action<Workers, Func<Activation<float>, Activation<double>>, Activation<double>> plain,
        Action<Workers, Activation<float>> fast,
        string what)
    {
        using var one = new Workers(1);
        var expected = Samples.Widen(target);
        plain(one, Samples.Widen, expected);
        float[]? first = null;
        foreach (var threads in new[] { 1, 3 })
        {
            using var workers = new Workers(threads);
            var found = Samples.Copy(target);
            fast(workers, found);
            Samples.Close(expected, found, 2e-6, $"{what} {target}, {threads} threads");
            first ??= found.ToArray();
            Assert.Equal(first, found.ToArray());
        }
    }
}
