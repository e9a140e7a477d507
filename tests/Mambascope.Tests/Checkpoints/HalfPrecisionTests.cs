using System.Runtime.InteropServices;
using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

public sealed class HalfPrecisionTests
{
    private static readonly ushort[] AllPatterns = [.. Enumerable.Range(0, 65_536).Select(i => (ushort)i)];

    [Theory]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void Every_pattern_is_widened_exactly_and_narrowed_back(TensorType type)
    {
        // An odd tail, so that the last block and the vector remainder are partial.
        var values = new float[AllPatterns.Length];
        AllPatterns.CopyTo(MemoryMarshal.Cast<float, ushort>(values.AsSpan())[values.Length..]);
        Widening.InPlace(values, type);
        var back = new ushort[values.Length];
        Widening.Narrow(values, back, type);

        for (var i = 0; i < values.Length; i++)
        {
            var expected = Decode((ushort)i, type);
            if (double.IsNaN(expected))
            {
                Assert.True(float.IsNaN(values[i]), $"0x{i:X4}");
                Assert.True(double.IsNaN(Decode(back[i], type)), $"0x{i:X4}");
            }
            else
            {
                Assert.True(
                    BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(values[i]),
                    $"0x{i:X4}: {values[i]}, expected {expected}");
                Assert.Equal(i, back[i]);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1023)]
    [InlineData(1025)]
    [InlineData(2047)]
    [InlineData(5003)]
    public void Widening_in_place_keeps_what_is_still_to_be_read(int count)
    {
        foreach (var type in (TensorType[])[TensorType.F16, TensorType.BF16])
        {
            ushort[] halves = [.. Enumerable.Range(0, count).Select(i => (ushort)(i * 7 % 31_000))];
            var values = new float[count];
            halves.CopyTo(MemoryMarshal.Cast<float, ushort>(values.AsSpan())[count..]);
            Widening.InPlace(values, type);

            Assert.Equal(halves.Select(half => (float)Decode(half, type)), values);
        }
    }

    [Theory]
    [InlineData(1.00390625f, 0x3F80)] // Half-way between two values of BF16: to the even one.
    [InlineData(1.01171875f, 0x3F82)]
    [InlineData(1.004f, 0x3F81)]
    [InlineData(float.MaxValue, 0x7F80)]
    [InlineData(-0.0f, 0x8000)]
    public void Singles_are_rounded_to_the_nearest_brain_float(float value, int expected)
    {
        var half = new ushort[1];
        Widening.Narrow([value], half, TensorType.BF16);
        Assert.Equal(expected, half[0]);
    }

    /// <summary>The value by the definition of the format, in arithmetic and not in bits.</summary>
    private static double Decode(ushort bits, TensorType type)
    {
        (var mantissaBits, var bias, var largest) = type == TensorType.F16 ? (10, 15, 31) : (7, 127, 255);
        double sign = bits >= 0x8000 ? -1 : 1;
        var exponent = (bits & 0x7FFF) >> mantissaBits;
        var fraction = (bits & ((1 << mantissaBits) - 1)) / (double)(1 << mantissaBits);
        if (exponent == largest)
        {
            return fraction == 0 ? sign * double.PositiveInfinity : double.NaN;
        }

        return exponent == 0 ? sign * fraction * Math.Pow(2, 1 - bias) : sign * (1 + fraction) * Math.Pow(2, exponent - bias);
    }
}
