using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Numerics;

/// <summary>The fast scan against the plain one in double, for every register width, and the plain one against its definition.</summary>
public sealed class SelectiveScanTests(ITestOutputHelper output)
{
    private const double Tolerance = 3e-6;

    private static readonly (int Batch, int L, int E, int N)[] Shapes =
    [
        (1, 1, 1, 1), (2, 3, 5, 3), (1, 17, 16, 8), (3, 33, 37, 16), (1, 197, 67, 16), (2, 65, 129, 17),
        (5, 20, 64, 8), (1, 300, 9, 16), (1, 40, 530, 8), (9, 7, 33, 1), (1, 64, 48, 3), (6, 129, 19, 4), (2, 577, 21, 5),
    ];

    [Theory]
    [InlineData(16)]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(1)]
    [InlineData(0)]
    public void Forward_matches_double(int lanes)
    {
        using var workers = new Workers(2);
        foreach (var (scan, name) in Cases())
        {
            var y = SelectiveScanCase.Strided(scan.Batch, scan.L, scan.E);
            var truth = Activation<double>.Zeros(scan.Batch, scan.L, scan.E);
            SelectiveScan.ForwardPlain(workers, scan.Doubles, truth);
            Forward(lanes, workers, scan.Inputs, y);
            Check($"{name} y", SelectiveScanCase.Error(y, truth));
            Assert.All(SelectiveScanCase.Gaps(y), v => Assert.Equal(0, v));
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(1)]
    [InlineData(0)]
    public void Backward_matches_double(int lanes)
    {
        using var workers = new Workers(2);
        foreach (var (scan, name) in Cases())
        {
            var truth = Adjoints<double>(scan, (b, l, w) => Activation<double>.Zeros(b, l, w));
            var found = Adjoints<float>(scan, SelectiveScanCase.Strided);
            SelectiveScan.BackwardPlain(workers, scan.Doubles, scan.GyDoubles, truth);
            Backward(lanes, workers, scan.Inputs, scan.Gy, found);
            Check($"{name} dU", SelectiveScanCase.Error(found.U!.Value, truth.U!.Value));
            Check($"{name} dDelta", SelectiveScanCase.Error(found.Delta!.Value, truth.Delta!.Value));
            Check($"{name} dB", SelectiveScanCase.Error(found.B!.Value, truth.B!.Value));
            Check($"{name} dC", SelectiveScanCase.Error(found.C!.Value, truth.C!.Value));
            Check($"{name} dALog", SelectiveScanCase.Error(found.ALog, truth.ALog));
            Assert.All(
                SelectiveScanCase
                    .Gaps(found.U!.Value)
                    .Concat(SelectiveScanCase.Gaps(found.Delta!.Value))
                    .Concat(SelectiveScanCase.Gaps(found.B!.Value)),
                v => Assert.Equal(0, v));
        }
    }

    [Fact]
    public void Each_adjoint_can_be_had_alone()
    {
        using var workers = new Workers(2);
        var scan = new SelectiveScanCase(5, 2, 50, 70, 8, ScanOrder.Reverse(50));
        var all = Adjoints<float>(scan, SelectiveScanCase.Strided);
        SelectiveScan.Backward(workers, scan.Inputs, scan.Gy, all);
        for (var which = 0; which < 5; which++)
        {
            var one = Adjoints<float>(scan, SelectiveScanCase.Strided);
            one = new(
                which == 0 ? one.U : null, AccumulateU: false, which == 1 ? one.Delta : null, which == 2 ? one.B : null,
                which == 3 ? one.C : null, which == 4 ? one.ALog : null);
            SelectiveScan.Backward(workers, scan.Inputs, scan.Gy, one);
            Assert.Equal(one.U is null ? null : all.U!.Value.ToArray(), one.U?.ToArray());
            Assert.Equal(one.Delta is null ? null : all.Delta!.Value.ToArray(), one.Delta?.ToArray());
            Assert.Equal(one.B is null ? null : all.B!.Value.ToArray(), one.B?.ToArray());
            Assert.Equal(one.C is null ? null : all.C!.Value.ToArray(), one.C?.ToArray());
            Assert.Equal(one.ALog is null ? null : all.ALog, one.ALog);
        }
    }

    [Fact]
    public void DU_and_dALog_add_to_what_is_there_and_the_rest_overwrites()
    {
        using var workers = new Workers(1);
        var scan = new SelectiveScanCase(6, 2, 31, 21, 3);
        var once = Adjoints<float>(scan, SelectiveScanCase.Strided);
        SelectiveScan.Backward(workers, scan.Inputs, scan.Gy, once);
        var twice = Adjoints<float>(scan, SelectiveScanCase.Strided) with { AccumulateU = true };
        SelectiveScan.Backward(workers, scan.Inputs, scan.Gy, twice);
        SelectiveScan.Backward(workers, scan.Inputs, scan.Gy, twice);
        Assert.Equal(once.U!.Value.ToArray().Select(v => v + v), twice.U!.Value.ToArray());
        Assert.Equal(once.ALog!.Select(v => v + v), twice.ALog!);
        Assert.Equal(once.Delta!.Value.ToArray(), twice.Delta!.Value.ToArray());
        Assert.Equal(once.B!.Value.ToArray(), twice.B!.Value.ToArray());
        Assert.Equal(once.C!.Value.ToArray(), twice.C!.Value.ToArray());
    }

    [Fact]
    public void Plain_backward_is_the_derivative_of_plain_forward()
    {
        using var workers = new Workers(1);
        var scan = new SelectiveScanCase(7, 2, 6, 3, 4, SelectiveScanCase.Shuffled(1, 6));
        var adjoints = Adjoints<double>(scan, (b, l, w) => Activation<double>.Zeros(b, l, w));
        SelectiveScan.BackwardPlain(workers, scan.Doubles, scan.GyDoubles, adjoints);
        var d = scan.Doubles;
        Compare("dU", d.U.Buffer, adjoints.U!.Value.Buffer, 1e-5, Loss);
        Compare("dDelta", d.Delta.Buffer, adjoints.Delta!.Value.Buffer, 1e-5, Loss);
        Compare("dB", d.B.Buffer, adjoints.B!.Value.Buffer, 1e-5, Loss);
        Compare("dC", d.C.Buffer, adjoints.C!.Value.Buffer, 1e-5, Loss);

        // ALog is kept in float: a step of 2^-9 is exact enough in float and small enough for a central difference.
        var data = d.ALog.Values<float>();
        for (var i = 0; i < data.Length; i++)
        {
            var kept = data[i];
            var (up, down) = (kept + (1f / 512), kept - (1f / 512));
            data[i] = up;
            var high = Loss();
            data[i] = down;
            var low = Loss();
            data[i] = kept;
            var slope = (high - low) / ((double)up - down);
            Assert.True(
                Math.Abs(slope - adjoints.ALog![i]) < 1e-4 * Math.Max(1, Math.Abs(slope)),
                $"dALog[{i}]: {adjoints.ALog[i]} against {slope}");
        }

        double Loss()
        {
            var y = Activation<double>.Zeros(2, 6, 3);
            SelectiveScan.ForwardPlain(workers, scan.Doubles, y);
            return y.Buffer.Zip(scan.GyDoubles.Buffer, (a, b) => a * b).Sum();
        }

        void Compare(string name, double[] values, double[] gradient, double step, Func<double> loss)
        {
            var worst = 0.0;
            for (var i = 0; i < values.Length; i++)
            {
                var kept = values[i];
                values[i] = kept + step;
                var high = loss();
                values[i] = kept - step;
                var low = loss();
                values[i] = kept;
                worst = Math.Max(worst, Math.Abs(((high - low) / (2 * step)) - gradient[i]));
            }

            output.WriteLine($"{name}: {worst:e2} from central differences");
            Assert.True(worst < 1e-7, $"{name} is {worst:e2} from central differences");
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(8)]
    [InlineData(1)]
    public void Extreme_decays_give_numbers(int lanes)
    {
        using var workers = new Workers(1);

        // Delta A from -1e-6 to -200 and, at a few tokens, to -1e6: exp underflows, nothing else may happen.
        var scan = new SelectiveScanCase(
            8,
            1,
            150,
            40,
            16,
            delta: r => r.Next(40) == 0 ? 1e4 : Math.Pow(10, (r.NextDouble() * 7.3) - 6),
            rate: r => Math.Pow(10, (r.NextDouble() * 3) - 1));
        var y = SelectiveScanCase.Strided(1, 150, 40);
        var truth = Activation<double>.Zeros(1, 150, 40);
        SelectiveScan.ForwardPlain(workers, scan.Doubles, truth);
        Forward(lanes, workers, scan.Inputs, y);
        Check("y", SelectiveScanCase.Error(y, truth));
        var expected = Adjoints<double>(scan, (b, l, w) => Activation<double>.Zeros(b, l, w));
        var found = Adjoints<float>(scan, SelectiveScanCase.Strided);
        SelectiveScan.BackwardPlain(workers, scan.Doubles, scan.GyDoubles, expected);
        Backward(lanes, workers, scan.Inputs, scan.Gy, found);
        Check("dU", SelectiveScanCase.Error(found.U!.Value, expected.U!.Value));
        Check("dDelta", SelectiveScanCase.Error(found.Delta!.Value, expected.Delta!.Value));
        Check("dB", SelectiveScanCase.Error(found.B!.Value, expected.B!.Value));
        Check("dC", SelectiveScanCase.Error(found.C!.Value, expected.C!.Value));
        Check("dALog", SelectiveScanCase.Error(found.ALog, expected.ALog));
    }

    [Fact]
    public void Slow_decays_stay_exact_over_2048_steps()
    {
        using var workers = new Workers(1);
        var scan = new SelectiveScanCase(9, 1, 2048, 16, 16, delta: r => 1e-3 + (1e-3 * r.NextDouble()), rate: r => 0.3 + r.NextDouble());
        var y = SelectiveScanCase.Strided(1, 2048, 16);
        var truth = Activation<double>.Zeros(1, 2048, 16);
        SelectiveScan.ForwardPlain(workers, scan.Doubles, truth);
        SelectiveScan.Forward(workers, scan.Inputs, y);
        Check("y", SelectiveScanCase.Error(y, truth));
        var expected = Adjoints<double>(scan, (b, l, w) => Activation<double>.Zeros(b, l, w));
        var found = Adjoints<float>(scan, SelectiveScanCase.Strided);
        SelectiveScan.BackwardPlain(workers, scan.Doubles, scan.GyDoubles, expected);
        SelectiveScan.Backward(workers, scan.Inputs, scan.Gy, found);
        Check("dU", SelectiveScanCase.Error(found.U!.Value, expected.U!.Value));
        Check("dDelta", SelectiveScanCase.Error(found.Delta!.Value, expected.Delta!.Value));
        Check("dALog", SelectiveScanCase.Error(found.ALog, expected.ALog));
    }

    [Fact]
    public void Every_thread_count_gives_the_same_bits()
    {
        var scan = new SelectiveScanCase(10, 6, 61, 300, 16, ScanOrder.Reverse(61));
        float[]? reference = null;
        foreach (var count in (int[])[1, 2, 3, 5])
        {
            using var workers = new Workers(count);
            var y = SelectiveScanCase.Strided(6, 61, 300);
            var found = Adjoints<float>(scan, SelectiveScanCase.Strided);
            SelectiveScan.Forward(workers, scan.Inputs, y);
            SelectiveScan.Backward(workers, scan.Inputs, scan.Gy, found);
            float[] all =
            [
                .. y.ToArray(), .. found.U!.Value.ToArray(), .. found.Delta!.Value.ToArray(),
                .. found.B!.Value.ToArray(), .. found.C!.Value.ToArray(), .. found.ALog!,
            ];
            Assert.Equal(reference ??= all, all);
        }
    }

    private static IEnumerable<(SelectiveScanCase Scan, string Name)> Cases()
    {
        for (var i = 0; i < Shapes.Length; i++)
        {
            var (batch, L, E, N) = Shapes[i];
            var (order, name) = (i % 3) switch
            {
                0 => (ScanOrder.Forward(L), "forward"),
                1 => (ScanOrder.Reverse(L), "reverse"),
                _ => (SelectiveScanCase.Shuffled(i, L), "shuffled"),
            };
            var scan = new SelectiveScanCase(100 + i, batch, L, E, N, order);
            yield return (scan, $"{scan} {name}");
        }
    }

    private static ScanAdjoints<T> Adjoints<T>(SelectiveScanCase scan, Func<int, int, int, Activation<T>> make)
        where T : unmanaged
        => new(
            make(scan.Batch, scan.L, scan.E),
            AccumulateU: false,
            make(scan.Batch, scan.L, scan.E),
            make(scan.Batch, scan.L, scan.N),
            make(scan.Batch, scan.L, scan.N),
            new T[scan.E * scan.N]);

    // Registers of so many lanes, or 0 for what the machine chooses.
    private static void Forward(int lanes, Workers workers, ScanInputs<float> inputs, Activation<float> y)
    {
        if (lanes == 0)
        {
            SelectiveScan.Forward(workers, inputs, y);
        }
        else
        {
            Widths.Run(lanes, new SelectiveScan.ForwardKernel(workers, inputs, y));
        }
    }

    private static void Backward(int lanes, Workers workers, ScanInputs<float> inputs, Activation<float> gy, ScanAdjoints<float> adjoints)
    {
        if (lanes == 0)
        {
            SelectiveScan.Backward(workers, inputs, gy, adjoints);
        }
        else
        {
            Widths.Run(lanes, new SelectiveScan.BackwardKernel(workers, inputs, gy, adjoints));
        }
    }

    private void Check(string what, double error)
    {
        output.WriteLine($"{what}: {error:e2}");
        Assert.True(error < Tolerance, $"{what}: error {error:e2} of the largest value, allowed {Tolerance:e0}");
    }
}
