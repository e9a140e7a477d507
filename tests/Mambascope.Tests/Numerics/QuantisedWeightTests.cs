using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>
/// Quantised matrices give what the same values give as singles: to the last bit where both are summed in the same pieces, for a single row
/// up to rounding.
/// </summary>
public sealed class QuantisedWeightTests
{
    private static readonly (int Rows, int Inputs, int Outputs)[] products =
    [
        (1, 256, 80), (1, 768, 33), (2, 512, 70), (5, 1536, 129), (13, 256, 31), (100, 1024, 300), (1, 2560, 1025),
    ];

    public static TheoryData<string> Formats => [.. BlockFormat.All.Select(format => format.Name)];

    public static TheoryData<string, int> FormatsAndWidths
        => [.. BlockFormat.All.SelectMany(format => ((int[])[1, 4, 8, 16])
            .Select(lanes => new TheoryDataRow<string, int>(format.Name, lanes)))];

    [Theory]
    [MemberData(nameof(FormatsAndWidths))]
    public void Panels_of_every_width_hold_the_values_exactly(string name, int lanes)
    {
        var format = Find(name);
        var (rows, inputs) = (37, 512);
        var blocks = RandomBlocks.Of(format, rows, inputs, 7);
        var expected = new float[rows * inputs];
        format.Widen(blocks, expected);
        var kernel = new WidenKernel(PackedMatrix.OfTransposed(format, blocks, rows, inputs, 2 * lanes), new float[rows * inputs]);
        Widths.Run(lanes, kernel);
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), kernel.Result.Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Products_are_those_of_singles(string name)
    {
        foreach (var (rows, inputs, outputs) in products)
        {
            var samples = new Samples(rows + outputs);
            var (narrow, wide) = Pair(Find(name), outputs, inputs);
            var (x, dy, bias) = (samples.Activation(1, rows, inputs, 3), samples.Activation(1, rows, outputs, 5), samples.Weight(outputs));
            foreach (var threads in (int[])[1, 3])
            {
                using var workers = new Workers(threads);
                var (found, expected) = (samples.Activation(1, rows, outputs, 2), Activation<float>.Zeros(1, rows, outputs));
                Linear.Forward(workers, x, narrow, bias, found);
                Linear.Forward(workers, x, wide, bias, expected);
                if (rows == 1)
                {
                    // Both are sums of values that differ from the exact ones by rounding.
                    Samples.Close(Samples.Widen(expected), found, 1e-6, $"{name}, {inputs} x {outputs}");
                }
                else
                {
                    Assert.Equal(expected.ToArray(), found.ToArray());
                }

                Samples.Gaps(found, $"{rows} x {inputs} x {outputs}");

                foreach (var accumulate in (bool[])[false, true])
                {
                    var before = samples.Activation(1, rows, inputs, 4);
                    var (dxFound, dxExpected) = (Samples.Copy(before), Samples.Copy(before));
                    Linear.BackwardInput(workers, dy, narrow, dxFound, accumulate);
                    Linear.BackwardInput(workers, dy, wide, dxExpected, accumulate);
                    Assert.Equal(dxExpected.ToArray(), dxFound.ToArray());
                }
            }
        }
    }

    // 544 inputs are cut into 288 and 256 here, into twice 272 as singles: other pieces, the same sum but for rounding.
    [Fact]
    public void An_odd_number_of_blocks_is_cut_between_them()
    {
        var (narrow, wide) = Pair(BlockFormat.Q8_0, 70, 544);
        using var workers = new Workers(2);
        foreach (var rows in (int[])[1, 9])
        {
            var x = new Samples(rows).Activation(1, rows, 544);
            var (found, expected) = (Activation<float>.Zeros(1, rows, 70), Activation<float>.Zeros(1, rows, 70));
            Linear.Forward(workers, x, narrow, bias: null, found);
            Linear.Forward(workers, x, wide, bias: null, expected);
            Samples.Close(Samples.Widen(expected), found, 1e-6, $"{rows} rows");
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Values_and_rows_come_back(string name)
    {
        var format = Find(name);
        var (narrow, wide) = Pair(format, 77, 256);
        Assert.Equal(wide.Values<float>(), narrow.Values<float>());
        Assert.Equal((77, 256, 77 * 256), (narrow.Rows, narrow.Columns, narrow.Count));
        var row = new float[256];
        for (var i = 0; i < 77; i += 5)
        {
            narrow.CopyRow(i, row);
            Assert.Equal(wide.Values<float>()[(i * 256)..((i + 1) * 256)], row);
        }

        Assert.Throws<InvalidOperationException>(narrow.Changed);
    }

    [Theory]
    [InlineData("Q8_0", 8.5)]
    [InlineData("Q4_K", 4.5)]
    [InlineData("Q6_K", 10)]
    [InlineData("Q5_K", 10)]
    [InlineData("Q4_0", 9)]
    [InlineData("Q2_K", 12)]
    public void Memory_is_what_the_layout_says(string name, double bits)
    {
        // 4,096 outputs fill whole panels; some bytes align them.
        var weight = Weight.OfBlocks("w", Find(name), RandomBlocks.Of(Find(name), 4096, 256, 1), 4096, 256);
        Assert.InRange(weight.ByteLength * 8.0 / weight.Count, bits, bits + 0.001);
    }

    [Fact]
    public void A_scale_that_is_no_number_is_found()
    {
        foreach (var format in BlockFormat.All)
        {
            var blocks = RandomBlocks.Of(format, 3, 512, 5);
            Assert.Equal(-1, format.FirstNotFinite(blocks));
            var values = new float[3 * 512];
            format.Widen(blocks, values);
            Assert.All(values, value => Assert.True(float.IsFinite(value)));
            var half = format.Name switch { "Q2_K" => 83, "Q3_K" => 109, "Q6_K" => 209, _ => 1 };
            blocks[(2 * format.Bytes) + half] |= 0x7C;
            Assert.Equal(2, format.FirstNotFinite(blocks));
        }
    }

    private static BlockFormat Find(string name) => BlockFormat.All.Single(format => format.Name == name);

    private static (Weight Narrow, Weight Wide) Pair(BlockFormat format, int rows, int columns)
    {
        var blocks = RandomBlocks.Of(format, rows, columns, rows + columns);
        var values = new float[rows * columns];
        format.Widen(blocks, values);
        return (Weight.OfBlocks("w", format, blocks, rows, columns), new Weight("w", values, rows, columns));
    }

    private readonly record struct WidenKernel(PackedMatrix Packed, float[] Result) : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var (width, inner) = (2 * TWidth.Lanes, Packed.Inner);
            var wide = new float[inner * width];
            for (var panel = 0; panel < (Packed.Columns + width - 1) / width; panel++)
            {
                // In two pieces, the second beginning inside a block of 256.
                BlockPanels<TWidth, TVector>.Widen(Packed.Layout, 0, 160, Packed.Panel(panel), wide);
                BlockPanels<TWidth, TVector>.Widen(Packed.Layout, 160, inner - 160, Packed.Panel(panel), wide.AsSpan(160 * width));
                for (var column = 0; column < width && (panel * width) + column < Packed.Columns; column++)
                {
                    for (var k = 0; k < inner; k++)
                    {
                        Result[(((panel * width) + column) * inner) + k] = wide[(k * width) + column];
                    }
                }
            }
        }
    }
}
