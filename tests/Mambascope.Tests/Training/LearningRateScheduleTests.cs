using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

public sealed class LearningRateScheduleTests
{
    private static readonly LearningRateSchedule Schedule = new(Peak: 1e-3, Floor: 1e-5, WarmUpSteps: 100, TotalSteps: 1_100);

    [Theory]
    [InlineData(0, 1e-5)]
    [InlineData(49, 5e-4)]
    [InlineData(99, 1e-3)]
    [InlineData(100, 1e-3)]
    [InlineData(600, 5.05e-4)]               // halfway: the mean of peak and floor
    [InlineData(350, 8.550178566873411e-4)]  // a quarter: floor + (peak-floor)(1 + sqrt(1/2))/2
    [InlineData(1_100, 1e-5)]
    [InlineData(99_999, 1e-5)]
    public void Known_values(long step, double expected)
    {
        var rate = Schedule.At(step);
        Assert.True(Math.Abs(rate - expected) < 1e-15, $"step {step}: expected {expected}, found {rate:R}");
    }

    [Fact]
    public void It_rises_then_falls_and_never_leaves_its_bounds()
    {
        for (var step = 1; step < 1_200; step++)
        {
            Assert.InRange(Schedule.At(step), 1e-5, 1e-3);
            if (step < 100)
            {
                Assert.True(Schedule.At(step) > Schedule.At(step - 1), $"step {step}");
            }
            else
            {
                Assert.True(Schedule.At(step) <= Schedule.At(step - 1), $"step {step}");
            }
        }
    }

    [Fact]
    public void Without_warm_up_it_starts_at_the_peak() =>
        Assert.Equal(1e-3, new LearningRateSchedule(1e-3, 0, 0, 10).At(0));
}
