using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Mambascope.Numerics;

namespace Mambascope.Benchmarks;

/// <summary>
/// Times one direction of the selective scan, best of many runs on one thread, beside the peak FMA rate measured in the same process
/// just before: multiply both to compare machines.
/// </summary>
internal static class ScanBenchmark
{
    /// <summary>Prints a line for each shape.</summary>
    public static void Run(TextWriter to)
    {
        Measure(to, "Vim-S direction", batch: 1, L: 197, E: 768, N: 16);
        Measure(to, "mamba-130m layer", batch: 1, L: 2048, E: 1536, N: 16);
        Measure(to, "training", batch: 32, L: 197, E: 192, N: 8);
    }

    private static void Measure(TextWriter to, string name, int batch, int L, int E, int N)
    {
        using var workers = new Workers(1);
        var random = new Random(1);
        var aLog = new Weight("A_log", [.. Enumerable.Range(0, E * N).Select(i => MathF.Log(1 + (i % N)))], E, N);
        var inputs = new ScanInputs<float>(
            Fill(E, () => random.NextSingle() - 0.5f),
            Fill(E, () => MathF.Exp((random.NextSingle() * 4.6f) - 6.9f)),
            aLog,
            Fill(N, () => random.NextSingle() - 0.5f),
            Fill(N, () => random.NextSingle() - 0.5f),
            ScanOrder.Reverse(L));
        var gy = Fill(E, () => random.NextSingle() - 0.5f);
        var y = Activation<float>.Zeros(batch, L, E);
        Activation<float> Wide() => Activation<float>.Zeros(batch, L, E);
        Activation<float> Narrow() => Activation<float>.Zeros(batch, L, N);
        var adjoints = new ScanAdjoints<float>(Wide(), AccumulateU: false, Wide(), Narrow(), Narrow(), new float[E * N]);

        var peak = PeakGflops();
        var forward = Best(() => SelectiveScan.Forward(workers, inputs, y));
        var backward = Best(() => SelectiveScan.Backward(workers, inputs, gy, adjoints));
        var adjoint = Best(() => HiddenAttentionScan.Adjoint(workers, inputs, gy, y));
        var cells = (double)batch * L * E * N;
        to.WriteLine($"{name,-16} ({batch}, {L}, {E}, {N}): forward {forward:f3} ms ({Fmas(forward):f1} FMA slots a cell), backward {backward:f3} ms ({Fmas(backward):f1}), v alpha {adjoint:f3} ms ({Fmas(adjoint):f1}), peak {peak:f0} GFLOP/s");

        // How many FMAs the machine could have done for each (batch, step, channel, state) in that time.
        double Fmas(double milliseconds) => milliseconds * 1e6 * peak / 2 / cells;

        Activation<float> Fill(int width, Func<float> value)
        {
            var view = Activation<float>.Zeros(batch, L, width);
            foreach (ref var v in view.Extent)
            {
                v = value();
            }

            return view;
        }
    }

    private static double Best(Action action)
    {
        var best = double.PositiveInfinity;
        var watch = Stopwatch.StartNew();
        for (var run = 0; run < 5 || watch.Elapsed.TotalSeconds < 1.5; run++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return best;
    }

    private static double PeakGflops()
    {
        const int Rounds = 200_000;
        var best = Best(() => Consume(MultiplyAdds(Rounds)));
        return Rounds * 12.0 * Vector512<float>.Count * 2 / best / 1e6;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Consume(float value) => GC.KeepAlive(value);

    // Twelve independent chains: enough to hide the latency of FMA on two ports.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float MultiplyAdds(int rounds)
    {
        var m = Vector512.Create(0.999f);
        var (a, b, c, d, e, f) = (m, m, m, m, m, m);
        var (g, h, i, j, k, l) = (m, m, m, m, m, m);
        for (var round = 0; round < rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, m, m);
            b = Vector512.FusedMultiplyAdd(b, m, m);
            c = Vector512.FusedMultiplyAdd(c, m, m);
            d = Vector512.FusedMultiplyAdd(d, m, m);
            e = Vector512.FusedMultiplyAdd(e, m, m);
            f = Vector512.FusedMultiplyAdd(f, m, m);
            g = Vector512.FusedMultiplyAdd(g, m, m);
            h = Vector512.FusedMultiplyAdd(h, m, m);
            i = Vector512.FusedMultiplyAdd(i, m, m);
            j = Vector512.FusedMultiplyAdd(j, m, m);
            k = Vector512.FusedMultiplyAdd(k, m, m);
            l = Vector512.FusedMultiplyAdd(l, m, m);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
