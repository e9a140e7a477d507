using Mambascope.Imaging;
using Xunit;

namespace Mambascope.Tests.Imaging;

public sealed class TicksTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.0378, "0.0378")]
    [InlineData(0.03784, "0.0378")]
    [InlineData(0.5, "0.5")]
    [InlineData(1, "1")]
    [InlineData(-2.25, "−2.25")]
    [InlineData(123.4, "123")]
    [InlineData(3.18e-4, "3.18·10⁻⁴")]
    [InlineData(-1e-7, "−10⁻⁷")]
    [InlineData(45000, "4.5·10⁴")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "−∞")]
    public void Numbers_are_short(double value, string expected) => Assert.Equal(expected, Ticks.Format(value));

    [Fact]
    public void Steps_are_1_2_or_5()
    {
        Assert.Equal([0, 50, 100, 150], Ticks.Between(0, 196, 8));
        Assert.Equal([0, 1, 2, 3, 4], Ticks.Between(0, 4, 8, leastStep: 1));
        Assert.Empty(Ticks.Between(1, 1, 5));
        Assert.Empty(Ticks.Between(0, double.NaN, 5));
        Assert.DoesNotContain(Ticks.Between(0, 10, 5), t => double.IsNegative(t));
    }
}
