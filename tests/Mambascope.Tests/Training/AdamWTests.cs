using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

public sealed class AdamWTests
{
    [Fact]
    public void Three_steps_worked_by_hand()
    {
        // One weight, w = 1, lr = 0.1, decay 0.5, no clipping, gradients 1, -2, 0.5.
        // Step 1: m/bias = 1, v/bias = 1: w = 1·0.95 - 0.1 = 0.85.
        // Step 2: m = -0.11, /0.19 = -0.57894737; v = 0.004999, /0.001999 = 2.50075038, root 1.58137610; w = 0.8075 + 0.03661035.
        // Step 3: m = -0.049, /0.271 = -0.18081181; v = 0.005244001, /0.002997001 = 1.74974950, root 1.32278097; w = 0.84411035·0.95 +
        // 0.01366907.
        float[] w = [1f],
            g = [0f];
        var adam = new AdamW(
            [new TrainedParameter("w", w, g, decays: true)],
            new AdamWOptions { WeightDecay = 0.5, MaxGradientNorm = double.PositiveInfinity });
        foreach (var (gradient, expected) in new[] { (1f, 0.85), (-2f, 0.84411035), (0.5f, 0.81557390) })
        {
            g[0] = gradient;
            adam.Step(0.1);
            Assert.True(Math.Abs(w[0] - expected) < 1e-6, $"step {adam.Steps}: expected {expected}, found {w[0]:R}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Many_weights_follow_the_formula_in_double_whatever_the_threads(int threads)
    {
        var (fast, plain) = (new Run(threads), new Run(1));
        var reference = new Reference(plain.Parameters);
        for (var step = 0; step < 20; step++)
        {
            fast.FillGradients(step);
            plain.FillGradients(step);
            var norm = fast.Adam.Step(0.01 / (1 + step));
            plain.Adam.Step(0.01 / (1 + step));
            var expectedNorm = reference.Step(plain.Parameters, 0.01 / (1 + step), plain.Options);
            Assert.True(Math.Abs(norm - expectedNorm) < 1e-9 * expectedNorm, $"norm: expected {expectedNorm}, found {norm}");
        }

        var worst = 0.0;
        for (var p = 0; p < fast.Parameters.Length; p++)
        {
            Assert.Equal(plain.Parameters[p].Values, fast.Parameters[p].Values); // bit for bit
            for (var i = 0; i < fast.Parameters[p].Values.Length; i++)
            {
                worst = Math.Max(worst, Math.Abs(fast.Parameters[p].Values[i] - reference.Weights[p][i]));
            }
        }

        Assert.True(worst < 2e-6, $"largest error against double: {worst}");
    }

    [Fact]
    public void Without_gradient_only_decaying_weights_shrink()
    {
        float[] matrix = [2f], bias = [2f];
        var adam = new AdamW(
            [
                new TrainedParameter("matrix", matrix, new float[1], decays: true),
                new TrainedParameter("bias", bias, new float[1], decays: false),
            ],
            new AdamWOptions { WeightDecay = 0.1 });
        Assert.Equal(0, adam.Step(0.5));
        Assert.Equal(1.9f, matrix[0], 1e-6f);
        Assert.Equal(2f, bias[0]);
    }

    [Fact]
    public void Clipping_scales_all_gradients_together()
    {
        // Norm 5, clipped to 1: the moments see (0.6, 0.8).
        float[] gradient = [3f, 4f];
        var adam = new AdamW([new TrainedParameter("w", new float[2], gradient, decays: false)], new AdamWOptions { MaxGradientNorm = 1 });
        Assert.Equal(5, adam.Step(0.1), 1e-12);
        Assert.Equal(0.06f, adam.FirstMoment(0)[0], 1e-8f);
        Assert.Equal(0.08f, adam.FirstMoment(0)[1], 1e-8f);
        Assert.Equal([3f, 4f], gradient);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_gradient_that_is_not_finite_stops_the_step_and_is_named(float bad)
    {
        float[] w = [1f, 1f],
            g = [0.5f, bad];
        var adam = new AdamW(
            [new TrainedParameter("fine", [1f], [1f], true), new TrainedParameter("blocks.3.bad", w, g, true)], new AdamWOptions());
        var error = Assert.Throws<ArithmeticException>(() => adam.Step(0.1));
        Assert.Contains("blocks.3.bad", error.Message, StringComparison.Ordinal);
        Assert.Equal([1f, 1f], w);
        Assert.Equal(0, adam.Steps);
    }

    private sealed class Run
    {
        public Run(int threads)
        {
            var random = new Random(1);
            Parameters = [Make("big", 40_001, true, random), Make("small", 3, false, random), Make("odd", 101, true, random)];
            Adam = new AdamW(Parameters, Options, threads);
        }

        public TrainedParameter[] Parameters { get; }

        public AdamWOptions Options { get; } = new() { WeightDecay = 0.05, MaxGradientNorm = 50 };

        public AdamW Adam { get; }

        public void FillGradients(int step)
        {
            var random = new Random(step);
            foreach (var parameter in Parameters)
            {
                for (var i = 0; i < parameter.Gradient.Length; i++)
                {
                    parameter.Gradient[i] = random.NextSingle() - 0.4f;
                }
            }
        }

        private static TrainedParameter Make(string name, int length, bool decays, Random random) =>
            new(name, [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)], new float[length], decays);
    }

    /// <summary>The formula again, in double, one weight at a time, with bias-corrected moments written out.</summary>
    private sealed class Reference(TrainedParameter[] start)
    {
        private readonly double[][] _m = [.. start.Select(p => new double[p.Values.Length])];
        private readonly double[][] _v = [.. start.Select(p => new double[p.Values.Length])];
        private int _steps;

        public double[][] Weights { get; } = [.. start.Select(p => p.Values.Select(w => (double)w).ToArray())];

        public double Step(TrainedParameter[] parameters, double rate, AdamWOptions o)
        {
            _steps++;
            var norm = Math.Sqrt(parameters.Sum(p => p.Gradient.Sum(g => (double)g * g)));
            var clip = Math.Min(1, o.MaxGradientNorm / norm);
            for (var p = 0; p < parameters.Length; p++)
            {
                for (var i = 0; i < Weights[p].Length; i++)
                {
                    var g = parameters[p].Gradient[i] * clip;
                    _m[p][i] = (o.Beta1 * _m[p][i]) + ((1 - o.Beta1) * g);
                    _v[p][i] = (o.Beta2 * _v[p][i]) + ((1 - o.Beta2) * g * g);
                    var mHat = _m[p][i] / (1 - Math.Pow(o.Beta1, _steps));
                    var vHat = _v[p][i] / (1 - Math.Pow(o.Beta2, _steps));
                    var decay = parameters[p].Decays ? o.WeightDecay * Weights[p][i] : 0;
                    Weights[p][i] -= rate * ((mHat / (Math.Sqrt(vHat) + o.Epsilon)) + decay);
                }
            }

            return norm;
        }
    }
}
