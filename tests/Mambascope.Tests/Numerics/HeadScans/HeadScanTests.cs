using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>
/// Mamba-2's scan in chunks against the plain loops in double, for every register width, and the plain one against central differences.
/// </summary>
public sealed class HeadScanTests(ITestOutputHelper output)
{
    private const double Tolerance = 5e-6;

    // Lengths around the chunk of 32 steps; channels and states that do and do not fill registers; groups of heads.
    private static readonly (int Batch, int L, int H, int P, int N, int Groups)[] shapes =
    [
        (1, 5, 1, 1, 1, 1), (2, 32, 2, 8, 16, 1), (1, 33, 3, 5, 7, 1), (1, 64, 4, 32, 32, 2), (2, 97, 5, 32, 64, 1),
        (1, 70, 8, 64, 128, 1), (1, 197, 6, 13, 17, 3), (1, 260, 7, 16, 48, 1), (3, 40, 13, 4, 20, 1), (1, 600, 2, 24, 32, 1),
    ];

    [Theory]
    [MemberData(nameof(Widths.All), MemberType = typeof(Widths))]
    public void Forward_matches_double(int lanes)
    {
        using var workers = new Workers(2);
        foreach (var scan in Cases())
        {
            var y = SelectiveScanCase.Strided(scan.Batch, scan.L, scan.E);
            var truth = Activation<double>.Zeros(scan.Batch, scan.L, scan.E);
            HeadScan.ForwardPlain(workers, scan.Doubles, truth, state: null);
            Widths.Run(lanes, new HeadScan.ForwardCall(workers, scan.Inputs, y, State: null));
            Check($"{scan} y", SelectiveScanCase.Error(y, truth));
            Assert.All(SelectiveScanCase.Gaps(y), v => Assert.Equal(0, v));
        }
    }

    [Theory]
    [MemberData(nameof(Widths.All), MemberType = typeof(Widths))]
    public void Backward_matches_double(int lanes)
    {
        using var workers = new Workers(2);
        foreach (var scan in Cases())
        {
            var truth = scan.Adjoints<double>((b, l, w) => Activation<double>.Zeros(b, l, w));
            var found = scan.Adjoints<float>(SelectiveScanCase.Strided);
            HeadScan.BackwardPlain(workers, scan.Doubles, scan.GyDoubles, truth, before: null, dState: null);
            Widths.Run(lanes, new HeadScan.BackwardCall(workers, scan.Inputs, scan.Gy, found, Before: null, DState: null));
            Compare(scan.ToString(), found, truth);
            Assert.All(
                SelectiveScanCase
                    .Gaps(found.U!.Value)
                    .Concat(SelectiveScanCase.Gaps(found.Delta!.Value))
                    .Concat(SelectiveScanCase.Gaps(found.B!.Value)),
                v => Assert.Equal(0, v));
        }
    }

    [Theory]
    [MemberData(nameof(Widths.All), MemberType = typeof(Widths))]
    public void Adjoint_matches_double(int lanes)
    {
        using var workers = new Workers(2);
        foreach (var scan in Cases())
        {
            foreach (var last in new[] { scan.L - 1, scan.L / 2 })
            {
                foreach (var width in new[] { 1, scan.E })
                {
                    var v = scan.Gy.Columns(0, width);
                    var w = SelectiveScanCase.Strided(scan.Batch, scan.L, scan.E);
                    var truth = Activation<double>.Zeros(scan.Batch, scan.L, scan.E);
                    HeadScan.AdjointPlain(workers, scan.Doubles, SelectiveScanCase.Widen(v), truth, last, dState: null);
                    Widths.Run(lanes, new HeadScan.AdjointCall(workers, scan.Inputs, v, w, last, DState: null));
                    Check($"{scan} last {last} width {width}", SelectiveScanCase.Error(w, truth));
                    Assert.All(SelectiveScanCase.Gaps(w), x => Assert.Equal(0, x));
                }
            }
        }
    }

    [Fact]
    public void States_in_and_out_match_double()
    {
        using var workers = new Workers(2);
        foreach (var (batch, L, H, P, N, groups) in shapes.Where(s => s.Batch == 1))
        {
            var scan = new HeadScanCase(7, batch, L, H, P, N, groups);
            var random = new Random(1);
            var state = Enumerable.Range(0, H * P * N).Select(_ => random.NextSingle() - 0.5f).ToArray();
            double[] Doubles() => Array.ConvertAll(state, v => (double)v);
            var (before, after) = (Doubles(), Doubles());
            var truth = Activation<double>.Zeros(1, L, scan.E);
            HeadScan.ForwardPlain(workers, scan.Doubles, truth, after);
            float[] found = [.. state];
            var y = SelectiveScanCase.Strided(1, L, scan.E);
            HeadScan.Forward(workers, scan.Inputs, y, found);
            Check($"{scan} y", SelectiveScanCase.Error(y, truth));
            Check($"{scan} state", SelectiveScanCase.Error(found, after));

            var (expected, back) = (
                scan.Adjoints<double>((b, l, w) => Activation<double>.Zeros(b, l, w)), scan.Adjoints<float>(SelectiveScanCase.Strided));
            var dTruth = Doubles();
            float[] dFound = [.. state];
            HeadScan.BackwardPlain(workers, scan.Doubles, scan.GyDoubles, expected, before, dTruth);
            HeadScan.Backward(workers, scan.Inputs, scan.Gy, back, state, dFound);
            Compare(scan.ToString(), back, expected);
            Check($"{scan} dState", SelectiveScanCase.Error(dFound, dTruth));

            (dTruth, dFound) = (Doubles(), [.. state]);
            HeadScan.AdjointPlain(workers, scan.Doubles, scan.GyDoubles, truth, L - 1, dTruth);
            HeadScan.Adjoint(workers, scan.Inputs, scan.Gy, y, L - 1, dFound);
            Check($"{scan} adjoint", SelectiveScanCase.Error(y, truth));
            Check($"{scan} adjoint of state", SelectiveScanCase.Error(dFound, dTruth));
        }
    }

    [Fact]
    public void Extreme_decays_give_numbers()
    {
        using var workers = new Workers(1);

        // Delta A from -1e-6 to -200 and, at a few tokens, to -1e5: decays underflow, and nothing after them may lose precision.
        var scan = new HeadScanCase(8, 1, 150, 4, 16, 32, 1, ScanOrder.Forward(150), r =>
            r.Next(40) == 0 ? 1e4 : Math.Pow(10, (r.NextDouble() * 7.3) - 6));
        var y = SelectiveScanCase.Strided(1, 150, 64);
        var truth = Activation<double>.Zeros(1, 150, 64);
        HeadScan.ForwardPlain(workers, scan.Doubles, truth, state: null);
        HeadScan.Forward(workers, scan.Inputs, y, state: null);
        Check("y", SelectiveScanCase.Error(y, truth));
        var (expected, found) = (
            scan.Adjoints<double>((b, l, w) => Activation<double>.Zeros(b, l, w)), scan.Adjoints<float>(SelectiveScanCase.Strided));
        HeadScan.BackwardPlain(workers, scan.Doubles, scan.GyDoubles, expected, before: null, dState: null);
        HeadScan.Backward(workers, scan.Inputs, scan.Gy, found, before: null, dState: null);
        Compare("extreme", found, expected);
    }

    [Fact]
    public void Slow_decays_stay_exact_over_2048_steps()
    {
        using var workers = new Workers(1);
        var scan = new HeadScanCase(9, 1, 2048, 2, 16, 32, 1, ScanOrder.Reverse(2048), r => 1e-3 + (1e-3 * r.NextDouble()));
        var y = SelectiveScanCase.Strided(1, 2048, 32);
        var truth = Activation<double>.Zeros(1, 2048, 32);
        HeadScan.ForwardPlain(workers, scan.Doubles, truth, state: null);
        HeadScan.Forward(workers, scan.Inputs, y, state: null);
        Check("y", SelectiveScanCase.Error(y, truth));
        var (expected, found) = (
            scan.Adjoints<double>((b, l, w) => Activation<double>.Zeros(b, l, w)), scan.Adjoints<float>(SelectiveScanCase.Strided));
        HeadScan.BackwardPlain(workers, scan.Doubles, scan.GyDoubles, expected, before: null, dState: null);
        HeadScan.Backward(workers, scan.Inputs, scan.Gy, found, before: null, dState: null);
        Compare("slow", found, expected);
    }

    [Fact]
    public void Adjoints_can_be_left_out_and_du_added_to()
    {
        using var workers = new Workers(2);
        var scan = new HeadScanCase(5, 2, 50, 6, 8, 16, 2, ScanOrder.Reverse(50));
        var all = scan.Adjoints<float>(SelectiveScanCase.Strided);
        HeadScan.Backward(workers, scan.Inputs, scan.Gy, all, before: null, dState: null);
        var twice = SelectiveScanCase.Strided(2, 50, scan.E);
        for (var i = 0; i < 2; i++)
        {
            HeadScan.Backward(
                workers,
                scan.Inputs,
                scan.Gy,
                new ScanAdjoints<float>(twice, AccumulateU: true, Delta: null, B: null, C: null, ALog: null),
                before: null,
                dState: null);
        }

        Assert.Equal(Array.ConvertAll(all.U!.Value.ToArray(), v => 2 * v), twice.ToArray());
    }

    [Fact]
    public void Every_thread_count_gives_the_same_bits()
    {
        var scan = new HeadScanCase(10, 3, 61, 10, 16, 32, 2, ScanOrder.Reverse(61));
        float[]? reference = null;
        foreach (var count in (int[])[1, 2, 3, 5])
        {
            using var workers = new Workers(count);
            var (y, w) = (SelectiveScanCase.Strided(3, 61, scan.E), SelectiveScanCase.Strided(3, 61, scan.E));
            var found = scan.Adjoints<float>(SelectiveScanCase.Strided);
            HeadScan.Forward(workers, scan.Inputs, y, state: null);
            HeadScan.Backward(workers, scan.Inputs, scan.Gy, found, before: null, dState: null);
            HeadScan.Adjoint(workers, scan.Inputs, scan.Gy, w, 60, dState: null);
            float[] all =
            [
                .. y.ToArray(), .. w.ToArray(), .. found.U!.Value.ToArray(), .. found.Delta!.Value.ToArray(),
                .. found.B!.Value.ToArray(), .. found.C!.Value.ToArray(), .. found.ALog!,
            ];
            Assert.Equal(reference ??= all, all);
        }
    }

    [Fact]
    public void Plain_gradients_match_central_differences()
    {
        using var workers = new Workers(1);
        var scan = new HeadScanCase(4, 2, 6, 4, 2, 3, 2, SelectiveScanCase.Shuffled(3, 6));
        var gradient = scan.Adjoints<double>((b, l, w) => Activation<double>.Zeros(b, l, w));
        HeadScan.BackwardPlain(workers, scan.Doubles, scan.GyDoubles, gradient, before: null, dState: null);
        Differences("dU", scan.Doubles.U.Buffer, gradient.U!.Value.Buffer);
        Differences("dDelta", scan.Doubles.Delta.Buffer, gradient.Delta!.Value.Buffer);
        Differences("dB", scan.Doubles.B.Buffer, gradient.B!.Value.Buffer);
        Differences("dC", scan.Doubles.C.Buffer, gradient.C!.Value.Buffer);

        void Differences(string name, double[] values, double[] found)
        {
            const double Step = 1e-5;
            var worst = 0.0;
            for (var i = 0; i < values.Length; i++)
            {
                var kept = values[i];
                values[i] = kept + Step;
                var high = Loss();
                values[i] = kept - Step;
                var low = Loss();
                values[i] = kept;
                worst = Math.Max(worst, Math.Abs(((high - low) / (2 * Step)) - found[i]));
            }

            output.WriteLine($"{name}: {worst:e2} from central differences");
            Assert.True(worst < 1e-7, $"{name} is {worst:e2} from central differences");
        }

        double Loss()
        {
            var y = Activation<double>.Zeros(2, 6, scan.E);
            HeadScan.ForwardPlain(workers, scan.Doubles, y, state: null);
            return y.Buffer.Zip(scan.GyDoubles.Buffer, (a, b) => a * b).Sum();
        }
    }

    private static IEnumerable<HeadScanCase> Cases()
    {
        for (var i = 0; i < shapes.Length; i++)
        {
            var (batch, L, H, P, N, groups) = shapes[i];
            var order = (i % 3) switch
            {
                0 => ScanOrder.Forward(L),
                1 => ScanOrder.Reverse(L),
                _ => SelectiveScanCase.Shuffled(i, L),
            };
            yield return new HeadScanCase(100 + i, batch, L, H, P, N, groups, order);
        }
    }

    private void Compare(string name, ScanAdjoints<float> found, ScanAdjoints<double> truth)
    {
        Check($"{name} dU", SelectiveScanCase.Error(found.U!.Value, truth.U!.Value));
        Check($"{name} dDelta", SelectiveScanCase.Error(found.Delta!.Value, truth.Delta!.Value));
        Check($"{name} dB", SelectiveScanCase.Error(found.B!.Value, truth.B!.Value));
        Check($"{name} dC", SelectiveScanCase.Error(found.C!.Value, truth.C!.Value));
        Check($"{name} dALog", SelectiveScanCase.Error(found.ALog, truth.ALog));
    }

    private void Check(string what, double error)
    {
        output.WriteLine($"{what}: {error:e2}");
        Assert.True(error < Tolerance, $"{what}: error {error:e2} of the largest value, allowed {Tolerance:e0}");
    }
}
