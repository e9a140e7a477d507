using Mambascope.Evaluation.Complexity;
using Xunit;

namespace Mambascope.Tests.Evaluation.Complexity;

public sealed class MapComplexityTests
{
    [Theory]
    [InlineData(0.0, 1f, 1f, 1f, 1f)]
    [InlineData(0.75, 0f, 0f, -5f, 0f)] // 1 - 1/4
    [InlineData(0.25, 4f, -1f, 3f, 2f)] // 1 - 2 (3.5 + 2 · 2.5 + 3 · 1.5 + 4 · 0.5) / (10 · 4)
    [InlineData(0.0, 0f, 0f, 0f, 0f)]
    public void Gini_worked_by_hand(double expected, params float[] map)
        => Assert.Equal(expected, MapComplexity.Gini(map), tolerance: 1e-12);

    [Fact]
    public void Entropy_worked_by_hand()
    {
        Assert.Equal(1.5 * Math.Log(2), MapComplexity.Entropy([1, -2, 1]), tolerance: 1e-12); // shares 1/4, 1/2, 1/4
        Assert.Equal(0, MapComplexity.Entropy([0, 3, 0]), tolerance: 1e-12);
        Assert.Equal(Math.Log(5), MapComplexity.Entropy([2, 2, 2, 2, 2]), tolerance: 1e-12);
        Assert.Equal(Math.Log(3), MapComplexity.Entropy([0, 0, 0]), tolerance: 1e-12);
    }
}
