using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training;

public sealed class ExponentialMovingAverageTests
{
    [Fact]
    public void Warm_up_then_decay_by_hand()
    {
        float[] w = [0f];
        var average = new ExponentialMovingAverage([new TrainedParameter("w", w, new float[1], true)], decay: 0.15);
        w[0] = 10f;
        average.Update(); // d = min(0.15, 1/10): 0 + 0.9 · 10 = 9
        Assert.Equal(9f, average.Average(0)[0], 1e-6f);
        average.Update(); // d = min(0.15, 2/11 = 0.18): 9 + 0.85 · 1 = 9.85
        Assert.Equal(9.85f, average.Average(0)[0], 1e-6f);
        Assert.Equal(2, average.Updates);
    }

    [Fact]
    public void Long_averages_of_a_constant_do_not_drift()
    {
        var w = Enumerable.Range(0, 37).Select(i => 0.1f + i).ToArray();
        var average = new ExponentialMovingAverage([new TrainedParameter("w", w, new float[37], true)], decay: 0.9999);
        for (var i = 0; i < 50_000; i++)
        {
            average.Update();
        }

        Assert.Equal(w, average.Average(0));
    }

    [Fact]
    public void Every_element_moves_alike_whatever_its_lane()
    {
        var w = new float[37];
        var average = new ExponentialMovingAverage([new TrainedParameter("w", w, new float[37], true)], decay: 0.5);
        Array.Fill(w, 1f);
        average.Update();
        Assert.All(average.Average(0), a => Assert.Equal(0.9f, a, 1e-6f));
    }

    [Fact]
    public void Swapping_twice_changes_nothing()
    {
        float[] w = [1f, 2f];
        var average = new ExponentialMovingAverage([new TrainedParameter("w", w, new float[2], true)], decay: 0.9);
        w[0] = 5f;
        average.Swap();
        Assert.Equal([1f, 2f], w);
        Assert.Equal([5f, 2f], average.Average(0));
        average.Swap();
        Assert.Equal([5f, 2f], w);
    }
}
