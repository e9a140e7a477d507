using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Models;

public sealed class TokenSamplerTests
{
    private static readonly double[] scores = [Math.Log(0.1), Math.Log(0.4), Math.Log(0.2), Math.Log(0.3)];

    [Fact]
    public void Without_temperature_the_most_likely_token_is_taken_and_of_equal_ones_the_first()
    {
        Assert.Equal(1, new TokenSampler(new()).Choose<double>(scores));
        Assert.Equal(1, new TokenSampler(new()).Choose<float>([0, 2, 2, 1]));
    }

    [Theory]
    [InlineData(1, null, null, new[] { 0.1, 0.4, 0.2, 0.3 })]
    [InlineData(1, 2, null, new[] { 0, 4 / 7.0, 0, 3 / 7.0 })]
    [InlineData(1, 99, null, new[] { 0.1, 0.4, 0.2, 0.3 })]
    [InlineData(1, null, 0.39, new[] { 0, 1.0, 0, 0 })]
    [InlineData(1, null, 0.69, new[] { 0, 4 / 7.0, 0, 3 / 7.0 })]
    [InlineData(1, null, 0.71, new[] { 0, 4 / 9.0, 2 / 9.0, 3 / 9.0 })]
    [InlineData(1, 2, 0.95, new[] { 0, 4 / 7.0, 0, 3 / 7.0 })]
    [InlineData(0.5, null, null, new[] { 0.01 / 0.3, 0.16 / 0.3, 0.04 / 0.3, 0.09 / 0.3 })]
    public void Draws_follow_the_probabilities_that_are_left(double temperature, int? topK, double? topP, double[] expected)
    {
        var sampler = new TokenSampler(new() { Temperature = temperature, TopK = topK, TopP = topP, Seed = 3 });
        var counts = new int[4];
        for (var i = 0; i < 20000; i++)
        {
            counts[sampler.Choose<double>(scores)]++;
        }

        // Four standard deviations of a binomial count.
        for (var i = 0; i < 4; i++)
        {
            Assert.InRange(counts[i] / 20000.0, expected[i] - 0.0145, expected[i] + 0.0145);
            Assert.True(expected[i] > 0 || counts[i] == 0);
        }
    }

    [Theory]
    [InlineData(-1, null, null, "temperature -1")]
    [InlineData(double.NaN, null, null, "temperature")]
    [InlineData(1, 0, null, "top-k 0")]
    [InlineData(1, null, 0.0, "top-p 0")]
    [InlineData(1, null, 1.5, "top-p 1.5")]
    public void What_cannot_be_is_refused(double temperature, int? topK, double? topP, string said)
    {
        var error = Assert.Throws<BadInputException>(() => new TokenSampler(new() { Temperature = temperature, TopK = topK, TopP = topP }));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }
}
