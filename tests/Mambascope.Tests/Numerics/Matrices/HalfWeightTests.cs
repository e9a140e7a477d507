using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>Matrices held in 16 bits give what the same values give as singles, to the last bit.</summary>
public sealed class HalfWeightTests
{
    private static readonly (int Rows, int Inputs, int Outputs)[] products =
    [
        (1, 1, 1),
        (1, 768, 80),
        (1, 40, 33),
        (2, 513, 70),
        (1, 1537, 300),
        (5, 48, 129),
        (12, 64, 64),
        (13, 100, 31),
        (100, 520, 1030),
        (1, 1100, 1025),
    ];

    [Theory]
    [MemberData(nameof(Widths.All), MemberType = typeof(Widths))]
    public void Every_finite_value_is_widened_exactly(int lanes)
    {
        foreach (var format in (WeightFormat[])[WeightFormat.BF16, WeightFormat.F16])
        {
            var values = Enumerable
                .Range(0, 1 << 16)
                .Select(bits => (ushort)bits)
                .Where(bits => float.IsFinite(Widen(bits, format)))
                .ToArray();
            var kernel = new WidenKernel(format, values, new float[values.Length]);
            Widths.Run(lanes, kernel);
            Assert.Equal(
                values.Select(bits => BitConverter.SingleToInt32Bits(Widen(bits, format))),
                kernel.Result.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Theory]
    [InlineData(WeightFormat.BF16)]
    [InlineData(WeightFormat.F16)]
    public void Products_are_those_of_singles(WeightFormat format)
    {
        foreach (var (rows, inputs, outputs) in products)
        {
            var samples = new Samples(rows + outputs);
            var (narrow, wide) = Pair(samples, format, outputs, inputs);
            var (x, dy, bias) = (samples.Activation(1, rows, inputs, 3), samples.Activation(1, rows, outputs, 5), samples.Weight(outputs));
            foreach (var threads in (int[])[1, 3])
            {
                using var workers = new Workers(threads);
                var (found, expected) = (samples.Activation(1, rows, outputs, 2), Activation<float>.Zeros(1, rows, outputs));
                Linear.Forward(workers, x, narrow, bias, found);
                Linear.Forward(workers, x, wide, bias, expected);
                Assert.Equal(expected.ToArray(), found.ToArray());
                Samples.Gaps(found, $"{rows} x {inputs} x {outputs}");

                foreach (var accumulate in (bool[])[false, true])
                {
                    var before = samples.Activation(1, rows, inputs, 4);
                    var (dxFound, dxExpected) = (Samples.Copy(before), Samples.Copy(before));
                    Linear.BackwardInput(workers, dy, narrow, dxFound, accumulate);
                    Linear.BackwardInput(workers, dy, wide, dxExpected, accumulate);
                    Assert.Equal(dxExpected.ToArray(), dxFound.ToArray());
                    Samples.Gaps(dxFound, $"{rows} x {inputs} x {outputs}");
                }
            }
        }
    }

    // The path for one row is not the path for many; both sum in the same order.
    [Fact]
    public void One_row_is_a_row_of_many()
    {
        using var workers = new Workers(2);
        var samples = new Samples(3);
        var (narrow, wide) = Pair(samples, WeightFormat.BF16, 200, 1300);
        var x = samples.Activation(1, 30, 1300);
        foreach (var w in (Weight[])[narrow, wide])
        {
            var all = Activation<float>.Zeros(1, 30, 200);
            Linear.Forward(workers, x, w, bias: null, all);
            var one = Activation<float>.Zeros(1, 1, 200);
            Linear.Forward(workers, Activation<float>.Of(x.Row(7).ToArray(), 1, 1, 1300), w, bias: null, one);
            Assert.Equal(all.Row(7).ToArray(), one.ToArray());
        }
    }

    [Theory]
    [InlineData(WeightFormat.BF16)]
    [InlineData(WeightFormat.F16)]
    public void Values_and_rows_come_back(WeightFormat format)
    {
        var (narrow, wide) = Pair(new Samples(1), format, 77, 35);
        Assert.Equal(wide.Values<float>(), narrow.Values<float>());
        Assert.Equal(wide.Values<double>(), narrow.Values<double>());
        Assert.Equal((77, 35, 77 * 35, format), (narrow.Rows, narrow.Columns, narrow.Count, narrow.Format));
        var row = new float[35];
        for (var i = 0; i < 77; i++)
        {
            narrow.CopyRow(i, row);
            Assert.Equal(wide.Values<float>()[(i * 35)..((i + 1) * 35)], row);
        }

        Assert.Throws<InvalidOperationException>(narrow.Changed);
    }

    private static float Widen(ushort bits, WeightFormat format)
        => format == WeightFormat.BF16 ? BitConverter.Int32BitsToSingle(bits << 16) : (float)BitConverter.UInt16BitsToHalf(bits);

    // One matrix as halves and, with the same values, as singles; some values are subnormal halves.
    private static (Weight Narrow, Weight Wide) Pair(Samples samples, WeightFormat format, int rows, int columns)
    {
        var values = samples.Values(rows * columns);
        var halves = new ushort[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var value = i % 50 == 0 ? values[i] * 1e-6f : values[i];
            halves[i] =
                format == WeightFormat.BF16
                    ? (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)
                    : BitConverter.HalfToUInt16Bits((Half)value);
        }

        return (
            Weight.OfHalves("w", halves, format, rows, columns),
            new Weight("w", Array.ConvertAll(halves, bits => Widen(bits, format)), rows, columns));
    }

    private readonly record struct WidenKernel(WeightFormat Format, ushort[] Values, float[] Result) : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var width = 2 * TWidth.Lanes;
            var padded = (Values.Length + width - 1) / width * width;
            var (pairs, wide) = (new ushort[padded], new float[padded]);
            for (var i = 0; i < Values.Length; i++)
            {
                pairs[(i / width * width) + PackedMatrix.PairPlace(i % width, width)] = Values[i];
            }

            HalfPanels<TWidth, TVector>.Widen(Format, pairs, wide);
            wide.AsSpan(0, Values.Length).CopyTo(Result);
        }
    }
}
