using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>Central differences of a scalar function of an array, beside the gradient that a kernel gave.</summary>
internal static class FiniteDifferences
{
    /// <summary>
    /// Moves each double by a small step and compares the slope of <paramref name="loss"/> with <paramref name="gradient"/>.
    /// </summary>
    public static void Check(string what, double[] values, double[] gradient, Func<double> loss, double step = 1e-5, double bound = 1e-7)
        => Check(what, values.Length, gradient, i => values[i], (i, value) => { values[i] = value; return value; }, loss, step, bound);

    /// <summary>The same for weights, which are floats: the step is a large one and taken as it was rounded.</summary>
    public static void Check(string what, float[] values, double[] gradient, Func<double> loss, double step = 1e-3, double bound = 1e-5)
        => Check(what, values.Length, gradient, i => values[i], (i, value) => values[i] = (float)value, loss, step, bound);

    public static double Dot(double[] a, double[] b)
    {
        Assert.Equal(a.Length, b.Length);
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static void Check(
        string what, int count, double[] gradient, Func<int, double> get, Func<int, double, double> set,
        Func<double> loss, double step, double bound)
    {
        Assert.Equal(count, gradient.Length);
        var (error, scale) = (0.0, 1.0);
        for (var i = 0; i < count; i++)
        {
            var value = get(i);
            var high = set(i, value + step);
            var up = loss();
            var low = set(i, value - step);
            var down = loss();
            set(i, value);
            error = Math.Max(error, Math.Abs(((up - down) / (high - low)) - gradient[i]));
            scale = Math.Max(scale, Math.Abs(gradient[i]));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: finite differences differ by {error / scale:E2} (bound {bound:E0})");
        Assert.True(
            error <= bound * scale, $"{what}: finite differences differ by {error / scale:E2} of the largest value, bound {bound:E0}");
    }
}
