using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>
/// A product with a whole mixer in one go is what its parts give one after the other, bit for bit, in every register width.
/// </summary>
public sealed class AdjointOfMixerTests : IDisposable
{
    private const int E = 80;
    private const int N = 6;

    private readonly Workers workers = new(2);

    public static TheoryData<int, int, int> Cases { get; } = All();

    public void Dispose() => workers.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_go_gives_the_bits_of_the_parts(int lanes, int length, int orderKind)
    {
        const int Batch = 2;
        var order = orderKind switch
        {
            0 => ScanOrder.Forward(length),
            1 => ScanOrder.Reverse(length),
            _ => SelectiveScanCase.Shuffled(4, length),
        };
        var scan = new SelectiveScanCase(length, Batch, length, E, N, order);
        var random = new Random(length);
        var p = SelectiveScanCase.Strided(Batch, length, E);
        Fill(random, p);
        var taps = new Weight("taps", [.. Enumerable.Range(0, 4 * E).Select(_ => random.NextSingle() - 0.5f)], E, 1, 4);
        var skip = new Weight("D", [.. Enumerable.Range(0, E).Select(_ => random.NextSingle())], E);
        var middle = length / 2;
        foreach (var (first, last) in new[] { (0, length - 1), (length - 1, length - 1), (middle, middle), (length / 3, middle) })
        {
            var v = Activation<float>.Zeros(Batch, length, E);
            for (var step = first; step <= last; step++)
            {
                for (var item = 0; item < Batch; item++)
                {
                    Fill(random, v.Row(item, order.Tokens[step]));
                }
            }

            var through = SelectiveScanCase.Strided(Batch, length, E);
            var parts = SelectiveScanCase.Strided(Batch, length, E);
            Widths.Run(lanes, new HiddenAttentionScan.AdjointKernel(workers, scan.Inputs, v, through, last));
            Widths.Run(lanes, new SkipConnection.Kernel(workers, through, v, skip.Values<float>(), through, Add: true));
            Widths.Run(lanes, FunctionOverTokens.BackwardKernel<Silu.HeldSigmoid>(workers, p, through, through, accumulate: false));
            Widths.Run(lanes, CausalConv1d.BackwardKernel(workers, through, taps, order, parts, accumulate: false));

            var whole = SelectiveScanCase.Strided(Batch, length, E);
            Run(whole, accumulate: false, isSummed: false);
            Assert.Equal(parts.ToArray(), whole.ToArray());

            Widths.Run(lanes, CausalConv1d.BackwardKernel(workers, through, taps, order, parts, accumulate: true));
            Run(whole, accumulate: true, isSummed: false);
            Assert.Equal(parts.ToArray(), whole.ToArray());

            var sums = Activation<float>.Zeros(Batch, ScanSurroundings.Groups(E), length);
            Fill(random, sums);
            Run(sums, accumulate: false, isSummed: true);
            Run(sums, accumulate: true, isSummed: true);
            for (var item = 0; item < Batch; item++)
            {
                for (var t = 0; t < length; t++)
                {
                    var expected = parts.Row(item, t).ToArray().Sum(value => (double)value);
                    Assert.Equal(expected, sums.Row(item, 0)[t] + (double)sums.Row(item, 1)[t], 1e-4);
                }
            }

            void Run(Activation<float> to, bool accumulate, bool isSummed)
            {
                ScanSurroundings around = new(
                    skip.Values<float>(), ConvKernel.Transpose(taps.Values<float>(), E, reverse: true), p, first, accumulate, isSummed);
                Widths.Run(lanes, new HiddenAttentionScan.AdjointKernel(workers, scan.Inputs, v, to, last, DState: null, around));
            }
        }
    }

    private static void Fill(Random random, Activation<float> values)
    {
        for (var row = 0; row < values.Rows; row++)
        {
            Fill(random, values.Row(row));
        }
    }

    private static void Fill(Random random, Span<float> values)
    {
        foreach (ref var value in values)
        {
            value = (2 * random.NextSingle()) - 1;
        }
    }

    private static TheoryData<int, int, int> All()
    {
        var cases = new TheoryData<int, int, int>();
        foreach (var row in Widths.All)
        {
            foreach (var length in new[] { 1, 3, 64, 66, 131 })
            {
                cases.Add(row.Data, length, length % 3);
            }
        }

        return cases;
    }
}
