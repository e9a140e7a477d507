using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

public class Conv2dTests
{
    private readonly BufferPool<double> pool = new();

    [Theory]
    [InlineData(3, 2, 1, 0, 5, 4, 3, 2)]
    [InlineData(3, 1, 1, 0, 4, 4, 4, 4)]
    [InlineData(2, 2, 0, 0, 5, 4, 2, 2)]
    [InlineData(2, 2, 0, 1, 5, 4, 3, 2)]
    public void It_is_the_sum_over_the_window(
        int kernel, int stride, int padding, int overhang, int rows, int columns, int down, int across)
    {
        GridWindow window = new(kernel, stride, padding, overhang);
        GridShape grid = new(rows, columns);
        Assert.Equal(new GridShape(down, across), window.Over(grid));
        using var one = new Workers(1);
        var samples = new Samples(3);
        var (x, w, bias) = (Samples.Widen(samples.Activation(2, grid.Count, 3)), samples.Weight(4, 3, kernel, kernel), samples.Weight(4));
        var y = Activation<double>.Zeros(2, down * across, 4);
        Conv2d.Forward(one, pool, x, w, bias, grid, window, y);
        var expected = new double[y.Count];
        for (var i = 0; i < expected.Length; i++)
        {
            var (output, place, item) = (i % 4, i / 4 % (down * across), i / 4 / (down * across));
            expected[i] = bias.Values<float>()[output];
            for (var k = 0; k < 3 * kernel * kernel; k++)
            {
                var (c, a, b) = (k / (kernel * kernel), k / kernel % kernel, k % kernel);
                var token = grid.Token((place / across * stride) - padding + a, (place % across * stride) - padding + b);
                expected[i] += token < 0 ? 0 : w.Values<float>()[(output * 3 * kernel * kernel) + k] * x.Row(item, token)[c];
            }
        }

        Golden.AssertClose("y", y.ToArray(), expected, 1e-14);
    }

    [Fact]
    public void Gradients_equal_finite_differences()
    {
        using var one = new Workers(1);
        var samples = new Samples(4);
        var (grid, window) = (new GridShape(5, 4), new GridWindow(3, 2, 1));
        var (x, w) = (Samples.Widen(samples.Activation(2, grid.Count, 3)), samples.Weight(4, 3, 3, 3));
        var dy = Samples.Widen(samples.Activation(2, window.Over(grid).Count, 4));
        var dx = Activation<double>.Zeros(2, grid.Count, 3);
        Conv2d.BackwardInput(one, pool, dy, w, grid, window, dx, accumulate: false);
        FiniteDifferences.Check("dx", x.Buffer, dx.Buffer, Loss);
        var dw = new double[w.Count];
        Conv2d.BackwardWeight(one, pool, dy, x, grid, window, dw);
        FiniteDifferences.Check("dw", w.Values<float>(), dw, Loss);

        double Loss()
        {
            var y = Activation<double>.Zeros(2, dy.Length, 4);
            Conv2d.Forward(one, pool, x, w, bias: null, grid, window, y);
            return FiniteDifferences.Dot(dy.Buffer, y.Buffer);
        }
    }
}
