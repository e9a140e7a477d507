using Mambascope.Evaluation;
using Xunit;

namespace Mambascope.Tests.Evaluation;

public sealed class BootstrapTests
{
    [Fact]
    public void Bootstrap_interval_is_near_the_normal_one_and_repeats()
    {
        var random = new Random(4);
        var values = Enumerable.Range(0, 400).Select(_ => random.NextDouble()).ToArray();
        var interval = Bootstrap.Of(values);
        var mean = values.Average();
        var half = 1.96 * Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) / values.Length);
        Assert.Equal(mean, interval.Mean, tolerance: 1e-12);
        Assert.Equal(mean - half, interval.Lower, tolerance: half / 8);
        Assert.Equal(mean + half, interval.Upper, tolerance: half / 8);
        Assert.Equal(interval, Bootstrap.Of(values));
        Assert.NotEqual(interval, Bootstrap.Of(values, seed: 1));
    }
}
