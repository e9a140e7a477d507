using System.Runtime.CompilerServices;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

public sealed class DoubleGemmTests
{
    public static TheoryData<int, int, int> Shapes
        => new()
        {
            { 1, 1, 1 },
            { 1, 300, 70 },
            { 5, 4, 192 },
            { 6, 192, 16 },
            { 7, 193, 17 },
            { 13, 400, 33 },
            { 197, 64, 56 },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_part_of_a_weight_gives_the_plain_sums_with_any_number_of_threads(int rows, int inputs, int outputs)
    {
        var samples = new Samples((rows * 7919) + (inputs * 31) + outputs);
        var (w, bias) = (samples.Weight(outputs, inputs), samples.Weight(outputs));
        var x = Samples.Widen(samples.Activation(1, rows, inputs, gap: 3));
        var dy = Samples.Widen(samples.Activation(1, rows, outputs, gap: 1));
        var before = Samples.Widen(samples.Activation(1, rows, inputs, gap: 2));
        foreach (var (part, of) in Parts)
        {
            double[]? forward = null, backward = null;
            foreach (var threads in new[] { 1, 3 })
            {
                using var workers = new Workers(threads);
                var y = Activation<double>.Zeros(1, rows, outputs);
                Linear.Forward(workers, x, WeightPart.All, w, part, bias.Values<double>(), y);
                var dx = Activation<double>.Of(before.ToArray(), 1, rows, inputs);
                Linear.BackwardInput(workers, dy, w, part, dx, accumulate: true);
                forward ??= Close(
                    y, (row, o) => bias.Values<float>()[o] + Sum(inputs, i => x.Row(row)[i] * of(w.Values<float>()[(o * inputs) + i])));
                backward ??= Close(
                    dx, (row, i) => before.Row(row)[i] + Sum(outputs, o => dy.Row(row)[o] * of(w.Values<float>()[(o * inputs) + i])));
                Assert.Equal(forward, y.ToArray());
                Assert.Equal(backward, dx.ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_way_back_by_signs_is_the_sum_of_both_parts_with_any_number_of_threads(int rows, int inputs, int outputs)
    {
        var samples = new Samples((rows * 97) + (inputs * 13) + outputs);
        var w = samples.Weight(outputs, inputs);
        var x = Samples.Widen(samples.Activation(1, rows, inputs, gap: 3));
        var dy = Samples.Widen(samples.Activation(1, rows, outputs, gap: 1));
        var before = Samples.Widen(samples.Activation(1, rows, inputs, gap: 2));
        x.Row(0)[0] = 0;
        foreach (var accumulate in new[] { false, true })
        {
            double[]? first = null;
            foreach (var threads in new[] { 1, 3 })
            {
                using var workers = new Workers(threads);
                var dx = Activation<double>.Of(before.ToArray(), 1, rows, inputs);
                Linear.BackwardBySign(workers, dy, w, x, dx, accumulate);
                first ??= Close(
                    dx,
                    (row, i) => (accumulate ? before.Row(row)[i] : 0)
                        + Sum(outputs, o =>
                        {
                            double at = x.Row(row)[i], weight = w.Values<float>()[(o * inputs) + i];
                            return dy.Row(row)[o] * ((Math.Max(at, 0) * Math.Max(weight, 0)) + (Math.Min(at, 0) * Math.Min(weight, 0)));
                        }));
                Assert.Equal(first, dx.ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_weight_that_is_held_as_panels_gives_the_same_bits(int rows, int inputs, int outputs)
    {
        using var workers = new Workers(2);
        var samples = new Samples((rows * 71) + (inputs * 3) + outputs);
        var x = Samples.Widen(samples.Activation(1, rows, inputs, gap: 3));
        var dy = Samples.Widen(samples.Activation(1, rows, outputs, gap: 1));
        var w = samples.Weight(outputs, inputs);
        var expected = Products();
        HoldAsPanels(w);
        Assert.Null(w.Singles);
        Assert.Equal(expected, Products());
        Assert.Null(w.Singles);

        double[][] Products()
        {
            var (y, dx) = (Activation<double>.Zeros(1, rows, outputs), Activation<double>.Zeros(1, rows, inputs));
            var all = new List<double[]>();
            foreach (var (part, _) in Parts)
            {
                Linear.Forward(workers, x, WeightPart.All, w, part, bias: null, y);
                Linear.BackwardInput(workers, dy, w, part, dx, accumulate: false);
                all.AddRange([y.ToArray(), dx.ToArray()]);
            }

            Linear.BackwardBySign(workers, dy, w, x, dx, accumulate: false);
            return [.. all, dx.ToArray()];
        }
    }

    // The array goes when nobody holds it any more; apart, so that no register of the test does.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void HoldAsPanels(Weight w)
    {
        Pack(w);
        GC.Collect();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Pack(Weight w) => _ = w.Packed;
    }

    [Fact]
    public void Products_of_heads_are_those_of_the_plain_loops()
    {
        const int L = 37, Heads = 3, Width = 21;
        var samples = new Samples(5);
        var x = Samples.Widen(samples.Activation(2, L, Heads * Width, gap: 3));
        var y = Samples.Widen(samples.Activation(2, L, Heads * Width, gap: 0));
        using var workers = new Workers(2);
        var scores = Activation<double>.Zeros(2, Heads * L, L);
        HeadProducts.Scores(workers, x, y, Heads, scores, accumulate: false);
        _ = Close(scores, (row, j) =>
        {
            var (item, head, i) = (row / (Heads * L), row / L % Heads, row % L);
            return Sum(Width, c => x.Row(item, i)[(head * Width) + c] * y.Row(item, j)[(head * Width) + c]);
        });
        foreach (var transposed in new[] { false, true })
        {
            var mixed = Activation<double>.Zeros(2, L, Heads * Width);
            if (transposed)
            {
                HeadProducts.MixTransposed(workers, scores, x, Heads, mixed, accumulate: false);
            }
            else
            {
                HeadProducts.Mix(workers, scores, x, Heads, mixed, accumulate: false);
            }

            _ = Close(mixed, (token, column) =>
            {
                var (item, i, head) = (token / L, token % L, column / Width);
                return Sum(L, j =>
                {
                    var (row, at) = transposed ? (j, i) : (i, j);
                    return x.Row(item, j)[column] * scores.Row(item, (head * L) + row)[at];
                });
            });
        }
    }

    [Fact]
    public void A_weight_that_is_not_a_number_is_seen_in_every_part()
    {
        using var workers = new Workers(1);
        foreach (var (part, _) in Parts)
        {
            var y = Activation<double>.Zeros(1, 1, 2);
            var w = new Weight("w", [1, float.NaN, 1, 1], [2, 2]);
            Linear.Forward(workers, Activation<double>.Of([1, 1], 1, 1, 2), WeightPart.All, w, part, bias: null, y);
            Assert.True(double.IsNaN(y.Row(0)[0]), part.ToString());
            Assert.False(double.IsNaN(y.Row(0)[1]), part.ToString());
        }
    }

    private static IEnumerable<(WeightPart Part, Func<double, double> Of)> Parts
        =>
        [
            (WeightPart.All, value => value),
            (WeightPart.Positive, value => Math.Max(value, 0)),
            (WeightPart.Negative, value => Math.Min(value, 0)),
            (WeightPart.Absolute, Math.Abs),
        ];

    private static double Sum(int count, Func<int, double> value) => Enumerable.Range(0, count).Sum(value);

    private static double[] Close(Activation<double> values, Func<int, int, double> expected)
    {
        for (var row = 0; row < values.Rows; row++)
        {
            for (var i = 0; i < values.Width; i++)
            {
                Assert.Equal(expected(row, i), values.Row(row)[i], 1e-10);
            }
        }

        return values.ToArray();
    }
}
