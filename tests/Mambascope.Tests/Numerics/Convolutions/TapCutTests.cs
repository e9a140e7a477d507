using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>A convolution without some of its edges is the convolution of inputs that lack those tokens, output by output.</summary>
public sealed class TapCutTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cut_taps_are_those_of_inputs_without_the_sources(bool isReversed)
    {
        using var one = new Workers(1);
        var samples = new Samples(3);
        var (w, bias) = (samples.Weight(5, 1, 4), samples.Weight(5));
        var x = Samples.Widen(samples.Activation(2, 9, 5));
        var order = isReversed ? ScanOrder.Reverse(9) : ScanOrder.Forward(9);
        int[] sources = [2, 6];
        bool IsCut(int output, int source) => output != source && output != 4;

        var found = Activation<double>.Zeros(2, 9, 5);
        CausalConv1d.ForwardPlain(one, x, w, bias, order, found);
        TapCut.Convolution(x, w, order, sources, IsCut, found, (0, 5));

        for (var output = 0; output < 9; output++)
        {
            var without = Activation<double>.Of(x.ToArray(), 2, 9, 5);
            foreach (var source in sources.Where(source => IsCut(output, source)))
            {
                without.Row(0, source).Clear();
                without.Row(1, source).Clear();
            }

            var expected = Activation<double>.Zeros(2, 9, 5);
            CausalConv1d.ForwardPlain(one, without, w, bias, order, expected);
            for (var item = 0; item < 2; item++)
            {
                Golden.AssertClose($"output {output}", found.Row(item, output).ToArray(), expected.Row(item, output).ToArray(), 1e-14);
            }
        }
    }

    [Fact]
    public void Other_channels_stay()
    {
        var samples = new Samples(4);
        var (w, x) = (samples.Weight(6, 1, 3), Samples.Widen(samples.Activation(1, 4, 6)));
        var p = Activation<double>.Zeros(1, 4, 6);
        TapCut.Convolution(x, w, ScanOrder.Forward(4), [1, 1], (_, _) => true, p, (2, 2));
        for (var t = 0; t < 4; t++)
        {
            for (var e = 0; e < 6; e++)
            {
                var taken = t is >= 1 and <= 3 && e is 2 or 3 && t >= 1 ? w.Values<double>()[(e * 3) + 2 - (t - 1)] * x.Row(1)[e] : 0;
                Assert.Equal(-taken, p.Row(t)[e], 1e-15);
            }
        }
    }
}
