using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>What does several things in one go over memory gives the bits of the same things one after the other.</summary>
public sealed class FusedPassTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    public void Skip_gate_and_product(int scans, int threads)
    {
        using var workers = new Workers(threads);
        foreach (var (batch, length, width, gap) in Shapes)
        {
            var samples = new Samples((scans * 1000) + width);
            SkippedActivation<float>[] inputs =
            [
                .. Enumerable.Range(0, scans).Select(_ => new SkippedActivation<float>(
                    samples.Activation(batch, length, width, gap), samples.Weight(width), samples.Activation(batch, length, width, 0))),
            ];
            var z = samples.Activation(batch, length, width, gap + 1);
            var (s, open, gated) = (New(), New(), New());
            SkipAndGate.Forward(workers, inputs, z, 0.5f, s, open, gated);

            var (expectedS, expectedOpen, expected) = (New(), New(), New());
            SkipConnection.Forward(workers, inputs[0].Y, inputs[0].U, inputs[0].D, expectedS);
            foreach (var (y, d, u) in inputs.Skip(1))
            {
                SkipConnection.Forward(workers, expectedS, u, d, expectedS);
                Sum.Accumulate(workers, expectedS, y);
            }

            Silu.Forward(workers, z, expectedOpen);
            Product.Forward(workers, expectedS, expectedOpen, 0.5f, expected);
            Assert.Equal(expectedS.ToArray(), s.ToArray());
            Assert.Equal(expectedOpen.ToArray(), open.ToArray());
            Assert.Equal(expected.ToArray(), gated.ToArray());

            Activation<float> New() => Activation<float>.Zeros(batch, length, width);
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public void Convolution_and_silu(int threads, bool isReversed)
    {
        using var workers = new Workers(threads);
        foreach (var (batch, length, width, gap) in Shapes)
        {
            var samples = new Samples(width + length);
            var x = samples.Activation(batch, length, width, gap);
            foreach (var taps in new[] { 3, 4 })
            {
                var w = new Weight("w", samples.Weight(width, taps).Values<float>(), width, 1, taps);
                var (bias, order) = (samples.Weight(width), isReversed ? ScanOrder.Reverse(length) : ScanOrder.Forward(length));
                var (p, u) = (Activation<float>.Zeros(batch, length, width), Activation<float>.Zeros(batch, length, width));
                CausalConv1d.ForwardActivated(workers, x, w, bias, order, p, u);
                var (alone, activated) = (Activation<float>.Zeros(batch, length, width), Activation<float>.Zeros(batch, length, width));
                CausalConv1d.Forward(workers, x, w, bias, order, alone);
                Silu.Forward(workers, alone, activated);
                Assert.Equal(alone.ToArray(), p.ToArray());
                Assert.Equal(activated.ToArray(), u.ToArray());
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_linear_layer_and_a_function_of_it(int threads)
    {
        using var workers = new Workers(threads);
        foreach (var (rows, inputs, outputs) in new[] { (1, 7, 5), (5, 48, 768), (197, 384, 1536), (40, 3, 33) })
        {
            var samples = new Samples(rows + outputs);
            var (x, w, bias) = (samples.Activation(1, rows, inputs, gap: 2), samples.Weight(outputs, inputs), samples.Weight(outputs));
            var (y, f) = (Activation<float>.Zeros(1, rows, outputs), Activation<float>.Zeros(1, rows, outputs));
            Linear.ForwardThen<Softplus, float>(workers, x, w, bias, y, f);
            var (alone, softplus) = (Activation<float>.Zeros(1, rows, outputs), Activation<float>.Zeros(1, rows, outputs));
            Linear.Forward(workers, x, w, bias, alone);
            Softplus.Forward(workers, alone, softplus);
            Assert.Equal(alone.ToArray(), y.ToArray());
            Assert.Equal(softplus.ToArray(), f.ToArray());
        }
    }

    private static (int Batch, int Length, int Width, int Gap)[] Shapes
        => [(1, 1, 1, 0), (2, 9, 5, 2), (1, 40, 64, 0), (3, 17, 33, 1), (2, 197, 96, 96)];
}
