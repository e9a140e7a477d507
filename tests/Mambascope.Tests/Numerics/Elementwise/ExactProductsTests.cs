using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

public class ExactProductsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(100)]
    public void Registers_give_the_bits_of_the_plain_sum(int width)
    {
        var samples = new Samples(width);
        var (found, plain) = (new double[width], new double[width]);
        for (var row = 0; row < 9; row++)
        {
            var (a, b) = (samples.Values(width), samples.Values(width, scale: 1e3f));
            ExactProducts.Add<float>(a, b, found);
            for (var e = 0; e < width; e++)
            {
                plain[e] += (double)a[e] * b[e];
            }
        }

        Assert.Equal(plain, found);
        ExactProducts.Add<double>(plain, plain, found);
        Assert.Equal(plain.Select(value => value + (value * value)), found);
    }
}
