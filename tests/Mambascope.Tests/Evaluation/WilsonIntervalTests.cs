using Mambascope.Evaluation;
using Xunit;

namespace Mambascope.Tests.Evaluation;

public sealed class WilsonIntervalTests
{
    // Worked by hand with z² = 3.841458820694124: for 5 of 10, centre 1/2 and half width
    // z/(1+z²/10) sqrt(1/40 + z²/400); for 0 of n the upper end is z²/(n+z²).
    [Theory]
    [InlineData(0, 10, 0.0, 0.277532799862889)]
    [InlineData(10, 10, 0.722467200137111, 1.0)]
    [InlineData(5, 10, 0.236593090512564, 0.763406909487436)]
    [InlineData(81, 263, 0.255287, 0.366213)]   // Newcombe 1998, table I: 0.2553 to 0.3662
    [InlineData(15, 148, 0.062386, 0.160515)]   // Newcombe 1998, table I: 0.0624 to 0.1605
    public void Known_values(long successes, long trials, double lower, double upper)
    {
        var interval = WilsonInterval.Of(successes, trials);
        Assert.Equal((double)successes / trials, interval.Rate);
        Assert.True(Math.Abs(interval.Lower - lower) < 5e-5, $"lower: expected {lower}, found {interval.Lower}");
        Assert.True(Math.Abs(interval.Upper - upper) < 5e-5, $"upper: expected {upper}, found {interval.Upper}");
    }

    [Fact]
    public void The_ends_solve_the_equation_that_defines_them()
    {
        // |p - true| = z sqrt(true (1 - true) / n) at both ends.
        foreach (var (k, n) in new[] { (1L, 7L), (8_700L, 10_000L), (499L, 500L), (3L, 1_000_000L) })
        {
            var interval = WilsonInterval.Of(k, n);
            foreach (var end in new[] { interval.Lower, interval.Upper })
            {
                var expected = WilsonInterval.Z95 * Math.Sqrt(end * (1 - end) / n);
                Assert.True(Math.Abs(Math.Abs(interval.Rate - end) - expected) < 1e-12, $"{k} of {n}: end {end}");
            }
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(-1, 5)]
    [InlineData(6, 5)]
    public void Impossible_counts_are_refused(long successes, long trials) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(successes, trials));
}
