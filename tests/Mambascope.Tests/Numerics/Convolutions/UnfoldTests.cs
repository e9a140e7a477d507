using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

public class UnfoldTests
{
    [Theory]
    [InlineData(8, 8, 4, 4)]
    [InlineData(16, 12, 4, 2)]
    [InlineData(11, 9, 3, 2)]
    public void Patches_times_a_weight_are_a_strided_convolution(int height, int width, int patch, int stride)
    {
        const int Channels = 3, Batch = 2, Outputs = 5;
        using var workers = new Workers(2);
        var samples = new Samples(1);
        var w = samples.Weight(Outputs, Channels, patch, patch);
        var images = Samples.Widen(samples.Activation(Batch, Channels * height, width));
        var (down, across) = Unfold.Grid(images, Channels, patch, stride);
        var patches = Activation<double>.Zeros(Batch, down * across, Channels * patch * patch);
        Unfold.Forward(workers, images, Channels, patch, stride, patches);
        var y = Activation<double>.Zeros(Batch, down * across, Outputs);
        Linear.Forward(workers, patches, w, bias: null, y);

        for (var item = 0; item < Batch; item++)
        {
            for (var m = 0; m < down * across; m++)
            {
                for (var o = 0; o < Outputs; o++)
                {
                    var sum = 0.0;
                    for (var (c, i) = (0, 0); c < Channels; c++)
                    {
                        for (var ky = 0; ky < patch; ky++)
                        {
                            for (var kx = 0; kx < patch; kx++, i++)
                            {
                                sum += w.Values<float>()[(o * Channels * patch * patch) + i]
                                    * images.Row(item, (c * height) + (m / across * stride) + ky)[(m % across * stride) + kx];
                            }
                        }
                    }

                    Assert.Equal(sum, y.Row(item, m)[o], 1e-12);
                }
            }
        }
    }

    [Theory]
    [InlineData(8, 8, 4, 4)]
    [InlineData(16, 12, 4, 2)]
    [InlineData(11, 9, 3, 2)]
    public void Backward_is_the_adjoint(int height, int width, int patch, int stride)
    {
        const int Channels = 3, Batch = 2;
        using var workers = new Workers(2);
        var samples = new Samples(2);
        var images = samples.Activation(Batch, Channels * height, width, gap: 2);
        var (down, across) = Unfold.Grid(images, Channels, patch, stride);
        var patches = samples.Activation(Batch, down * across, Channels * patch * patch, gap: 1);
        var dpatches = samples.Activation(Batch, down * across, Channels * patch * patch, gap: 3);
        var dimages = samples.Activation(Batch, Channels * height, width, gap: 1);
        Unfold.Forward(workers, images, Channels, patch, stride, patches);
        Unfold.Backward(workers, dpatches, Channels, patch, stride, dimages, accumulate: false);
        var expected = FiniteDifferences.Dot(Samples.Widen(patches).Buffer, Samples.Widen(dpatches).Buffer);
        var found = FiniteDifferences.Dot(Samples.Widen(images).Buffer, Samples.Widen(dimages).Buffer);
        Assert.Equal(expected, found, 1e-4);

        var twice = Samples.Copy(dimages);
        Unfold.Backward(workers, dpatches, Channels, patch, stride, twice, accumulate: true);
        Samples.Close(Array.ConvertAll(dimages.ToArray(), v => 2.0 * v), twice.ToArray(), 1e-6, "accumulated");
    }
}
