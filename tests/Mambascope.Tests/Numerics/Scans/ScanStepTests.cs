using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>A scan that goes on by one token, against the plain one in double, and against the scan of many tokens.</summary>
public sealed class ScanStepTests(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(Widths.All), MemberType = typeof(Widths))]
    public void Steps_match_double(int lanes)
    {
        using var workers = new Workers(2);
        foreach (var (E, N) in ((int, int)[])[(1, 1), (37, 16), (600, 5), (1040, 8)])
        {
            var scan = new SelectiveScanCase(E, 1, 1, E, N);
            var random = new Random(2);
            var state = Enumerable.Range(0, N * E).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var truth = Activation<double>.Zeros(1, 1, E);
            var expected = Array.ConvertAll(state, v => (double)v);
            SelectiveScan.ForwardPlain(workers, scan.Doubles, truth, expected);
            var y = SelectiveScanCase.Strided(1, 1, E);
            Widths.Run(lanes, new SelectiveScanStep(workers, scan.Inputs, y, state));
            Check($"E {E} N {N} y", SelectiveScanCase.Error(y, truth));
            Check($"E {E} N {N} state", SelectiveScanCase.Error(state, expected));
            Assert.All(SelectiveScanCase.Gaps(y), v => Assert.Equal(0, v));
        }
    }

    [Fact]
    public void Steps_are_the_scan_bit_by_bit()
    {
        const int L = 9, E = 70, N = 16;
        using var workers = new Workers(3);
        var scan = new SelectiveScanCase(4, 1, L, E, N);
        var (whole, state) = (Activation<float>.Zeros(1, L, E), new float[N * E]);
        SelectiveScan.Forward(workers, scan.Inputs, whole, state);
        var after = new float[N * E];
        for (var t = 0; t < L; t++)
        {
            var y = Activation<float>.Zeros(1, 1, E);
            SelectiveScan.Forward(
                workers,
                scan.Inputs with
                {
                    U = Token(scan.Inputs.U, t),
                    Delta = Token(scan.Inputs.Delta, t),
                    B = Token(scan.Inputs.B, t),
                    C = Token(scan.Inputs.C, t),
                    Order = ScanOrder.Forward(1),
                },
                y,
                after);
            Assert.Equal(whole.Row(t).ToArray(), y.ToArray());
        }

        Assert.Equal(state, after);
    }

    private static Activation<float> Token(Activation<float> x, int t) => Activation<float>.Of(x.Row(t).ToArray(), 1, 1, x.Width);

    private void Check(string what, double error)
    {
        output.WriteLine($"{what}: {error:e2}");
        Assert.True(error < 1e-6, $"{what}: error {error:e2} of the largest value, allowed 1e-6");
    }
}
