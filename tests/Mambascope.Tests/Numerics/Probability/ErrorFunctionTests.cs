using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

public sealed class ErrorFunctionTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.46875, 0.5073865267820620)] // tables to 16 digits
    [InlineData(1, 0.15729920705028513)]
    [InlineData(2, 0.004677734981047266)]
    [InlineData(4, 1.541725790028002e-8)]
    [InlineData(10, 2.088487583762545e-45)]
    [InlineData(-1, 1.8427007929497148)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(double.NegativeInfinity, 2)]
    public void Known_values(double x, double expected)
        => Assert.True(Math.Abs(ErrorFunction.Complement(x) - expected) <= 1e-14 * expected, $"{ErrorFunction.Complement(x):R}");

    [Fact]
    public void The_normal_distribution_is_that_of_the_series_and_the_continued_fraction()
    {
        for (var i = -1200; i <= 1200; i++)
        {
            var x = i / 100.0;
            var (expected, found) = (NormalDistribution<double>.Summed(x), NormalDistribution<double>.Cumulative(x));
            Assert.True(Math.Abs(expected - found) <= 2e-13 * expected, $"{x}: {expected:R}, {found:R}");
        }
    }

    [Fact]
    public void What_is_not_a_number_stays_so() => Assert.True(double.IsNaN(ErrorFunction.Complement(double.NaN)));
}
