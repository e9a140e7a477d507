using System.Runtime.Intrinsics;
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
    public void Registers_of_any_width_give_the_same_as_numbers_one_by_one()
    {
        for (var i = 0; i <= 4500; i++)
        {
            var z = i / 100.0;
            Same(NormalTail<Doubles1, double>.Of(z));
            Same(First(NormalTail<Doubles128, Vector128<double>>.Of(Vector128.Create(z))));
            Same(First(NormalTail<Doubles256, Vector256<double>>.Of(Vector256.Create(z))));
            Same(First(NormalTail<Doubles512, Vector512<double>>.Of(Vector512.Create(z))));

            void Same((double Tail, double Density) found)
            {
                var (tail, density) = (ErrorFunction.NormalTail(z), z > 39 ? 0 : NormalDistribution<double>.Density(z));
                Assert.True(Math.Abs(found.Tail - tail) <= 1e-14 * Math.Max(tail, 1e-290), $"{z}: {tail:R}, {found.Tail:R}");
                Assert.True(Math.Abs(found.Density - density) <= 2e-13 * Math.Max(density, 1e-290), $"{z}: {density:R}, {found.Density:R}");
            }
        }
    }

    [Fact]
    public void Gelu_of_doubles_is_that_of_the_definition_far_out_as_well()
    {
        double[] x = [.. Enumerable.Range(-900, 1801).Select(i => i / 20.0), 1e300, -1e300, double.PositiveInfinity, double.NaN];
        var ones = Enumerable.Repeat(1.0, x.Length).ToArray();
        var (at, y, dx) = (Row(x), Row(new double[x.Length]), Row(new double[x.Length]));
        using var workers = new Workers(1);
        FunctionOverTokens.Forward<Gelu, double>(workers, at, y);
        FunctionOverTokens.Backward<Gelu, double>(workers, at, Row(ones), dx, accumulate: false);
        for (var i = 0; i < x.Length; i++)
        {
            var expected = Gelu.Value(x[i]);
            Assert.True(Close(expected, y.Buffer[i]), $"{x[i]}: {expected:R}, {y.Buffer[i]:R}");
            expected = double.IsNaN(x[i]) ? x[i] : Math.Abs(x[i]) > 40 ? Math.Max(0, Math.Sign(x[i])) : Gelu.Adjoint(x[i], 1.0);
            Assert.True(Close(expected, dx.Buffer[i]), $"{x[i]}: {expected:R}, {dx.Buffer[i]:R}");
        }

        static Activation<double> Row(double[] values) => Activation<double>.Of(values, 1, 1, values.Length);

        static bool Close(double expected, double found)
            => expected.Equals(found) || Math.Abs(expected - found) <= 1e-13 * Math.Max(1e-300, Math.Abs(expected));
    }

    [Fact]
    public void What_is_not_a_number_stays_so() => Assert.True(double.IsNaN(ErrorFunction.Complement(double.NaN)));

    private static (double Tail, double Density) First((Vector128<double> Tail, Vector128<double> Density) both)
        => (both.Tail[0], both.Density[0]);

    private static (double Tail, double Density) First((Vector256<double> Tail, Vector256<double> Density) both)
        => (both.Tail[0], both.Density[0]);

    private static (double Tail, double Density) First((Vector512<double> Tail, Vector512<double> Density) both)
        => (both.Tail[0], both.Density[0]);
}
