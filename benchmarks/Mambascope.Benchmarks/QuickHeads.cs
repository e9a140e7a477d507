using Mambascope.Numerics;

namespace Mambascope.Benchmarks;

/// <summary>
/// Mamba-2's scan: forward, backward and adjoint product on one thread, the chunked form beside the plain loops, and its share of the FMA
/// peak.
/// </summary>
internal static class QuickHeads
{
    public static void Run(IEnumerable<string> args)
    {
        foreach (var threads in args.Any() ? Stopper.Threads(args) : [1])
        {
            using var workers = new Workers(threads);
            Stopper.WriteMachine(workers);
            Console.WriteLine("FLOP counted: 4 a cell forward and adjoint, 10 backward");
            Measure(workers, "training, N 32", 2, 256, 10, 32, 32);
            Measure(workers, "training, N 64", 2, 256, 10, 32, 64);
            Measure(workers, "small, N 16", 1, 256, 8, 64, 16);
            Measure(workers, "mamba2-130m, 512", 1, 512, 24, 64, 128);
            Measure(workers, "mamba2-130m, 2048", 1, 2048, 24, 64, 128);
        }
    }

    private static void Measure(Workers workers, string name, int batch, int L, int H, int P, int N)
    {
        var random = new Random(1);
        var aLog = new Weight("A_log", [.. Enumerable.Range(0, H).Select(_ => MathF.Log(1 + (15 * random.NextSingle())))], H);
        var inputs = new ScanInputs<float>(Fill(H * P), Steps(), aLog, Fill(N), Fill(N), ScanOrder.Forward(L));
        var gy = Fill(H * P);
        var y = Zeros(H * P);
        var adjoints = new ScanAdjoints<float>(Zeros(H * P), AccumulateU: false, Zeros(H), Zeros(N), Zeros(N), new float[H]);
        var cells = (double)batch * L * H * P * N;
        Console.WriteLine($"{name} ({batch}, {L}, {H} x {P}, {N})");
        Report(
            "forward",
            4,
            () => HeadScan.Forward(workers, inputs, y, state: null),
            () => HeadScan.ForwardPlain(workers, inputs, y, state: null));
        Report(
            "backward",
            10,
            () => HeadScan.Backward(workers, inputs, gy, adjoints, null, null),
            () => HeadScan.BackwardPlain(workers, inputs, gy, adjoints, null, null));
        Report(
            "adjoint",
            4,
            () => HeadScan.Adjoint(workers, inputs, gy, y, L - 1, null),
            () => HeadScan.AdjointPlain(workers, inputs, gy, y, L - 1, null));

        void Report(string what, int flop, Action chunked, Action plain)
        {
            var (fast, slow, peak) = (Stopper.Best(chunked, 200), Stopper.Best(plain, 200), FmaPeak.Measure(workers, 60));
            Console.Write($"  {what,-9}{slow * 1e3,9:F2} ms plain{fast * 1e3,9:F2} ms chunked, {slow / fast,5:F1} times");
            Console.WriteLine($"{flop * cells / fast / 1e9 / peak,6:P0} of peak");
        }

        Activation<float> Zeros(int width) => Activation<float>.Zeros(batch, L, width);

        Activation<float> Fill(int width)
            => Activation<float>.Of([.. Enumerable.Range(0, batch * L * width).Select(_ => random.NextSingle() - 0.5f)], batch, L, width);

        Activation<float> Steps()
            => Activation<float>.Of(
                [.. Enumerable.Range(0, batch * L * H).Select(_ => MathF.Exp((random.NextSingle() * 4.6f) - 6.9f))], batch, L, H);
    }
}
