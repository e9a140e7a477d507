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

        var peak = FmaPeak.Measure(workers, 1500);
        var forward = 1e3 * Stopper.Best(() => SelectiveScan.Forward(workers, inputs, y), 1500);
        var backward = 1e3 * Stopper.Best(() => SelectiveScan.Backward(workers, inputs, gy, adjoints), 1500);
        var adjoint = 1e3 * Stopper.Best(() => HiddenAttentionScan.Adjoint(workers, inputs, gy, y), 1500);
        var cells = (double)batch * L * E * N;
        to.Write($"{name,-16} ({batch}, {L}, {E}, {N}): forward {forward:f3} ms ({Fmas(forward):f1} FMA slots a cell), ");
        to.Write($"backward {backward:f3} ms ({Fmas(backward):f1}), ");
        to.WriteLine($"v alpha {adjoint:f3} ms ({Fmas(adjoint):f1}), peak {peak:f0} GFLOP/s");

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
}
