using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>Random operands from fixed seeds, the same values as float and as double, and comparisons that print the error found.</summary>
internal sealed class Samples(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>Values in [-scale, scale).</summary>
    public float[] Values(int count, float scale = 1)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = ((2 * random.NextSingle()) - 1) * scale;
        }

        return values;
    }

    public Weight Weight(params int[] shape) => new("w", Values(shape.Aggregate(1, (a, b) => a * b)), shape);

    public int Between(int low, int high) => random.Next(low, high + 1);

    /// <summary>
    /// A view with <paramref name="gap"/> unused floats after each row and three before the first, all NaN so that their use shows.
    /// </summary>
    public Activation<float> Activation(int batch, int length, int width, int gap = 0, float scale = 1)
    {
        var stride = width + gap;
        var buffer = new float[3 + (batch * length * stride) + 1];
        Array.Fill(buffer, float.NaN);
        var x = new Activation<float>(buffer, 3, batch, length, width, stride);
        for (var row = 0; row < x.Rows; row++)
        {
            Values(width, scale).CopyTo(x.Row(row));
        }

        return x;
    }

    /// <summary>The same shape, stride and values as <paramref name="x"/> in a buffer of its own.</summary>
    public static Activation<float> Copy(Activation<float> x) => new([.. x.Buffer], x.Offset, x.Batch, x.Length, x.Width, x.RowStride);

    /// <summary>The values widened.</summary>
    public static Activation<double> Widen(Activation<float> x)
        => Activation<double>.Of(Array.ConvertAll(x.ToArray(), v => (double)v), x.Batch, x.Length, x.Width);

    /// <summary>
    /// Fails unless the largest difference is within <paramref name="bound"/> of the largest expected value (or of 1, if that is less).
    /// </summary>
    public static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<float> found, double bound, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        double error = 0, scale = 1;
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(float.IsFinite(found[i]), $"{what}: value {i} is {found[i]}, expected {expected[i]}");
            error = Math.Max(error, Math.Abs(expected[i] - found[i]));
            scale = Math.Max(scale, Math.Abs(expected[i]));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: error {error / scale:E2} (bound {bound:E0})");
        Assert.True(error <= bound * scale, $"{what}: error {error / scale:E2} of the largest value, bound {bound:E0}");
    }

    /// <inheritdoc cref="Close(ReadOnlySpan{double}, ReadOnlySpan{float}, double, string)"/>
    public static void Close(Activation<double> expected, Activation<float> found, double bound, string what)
    {
        Gaps(found, what);
        Close(expected.ToArray(), found.ToArray(), bound, what);
    }

    /// <summary>Fails if a kernel wrote between the rows of a view.</summary>
    public static void Gaps(Activation<float> x, string what)
    {
        for (var row = 0; row + 1 < x.Rows; row++)
        {
            var gap = x.Buffer.AsSpan(x.Offset + (row * x.RowStride) + x.Width, x.RowStride - x.Width);
            Assert.True(gap.IndexOfAnyExcept(float.NaN) < 0, $"{what}: wrote beyond the end of row {row}");
        }
    }
}
