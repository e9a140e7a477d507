using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// The most multiply-adds that this machine does now: chains of FMA that touch registers only, on every thread. Every time that is
/// reported stands beside it, so that a share of the peak means the same on every machine.
/// </summary>
internal static class FmaPeak
{
    private const int Chains = 12;

    /// <summary>
    /// Billions of floating-point operations per second (one multiply-add is two) of all threads together: the best of some rounds.
    /// </summary>
    /// <param name="workers">Threads to load.</param>
    /// <param name="milliseconds">How long to measure, roughly.</param>
    public static double Measure(Workers workers, int milliseconds = 200)
    {
        ArgumentNullException.ThrowIfNull(workers);
        var best = new double[1];
        WidestRegisters.Run(new Rounds(workers, milliseconds, best));
        return best[0];
    }

    // 12 independent chains hide the latency of any FMA unit (4 or 5 steps, two units) and fit in 16 registers.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Chain<TWidth, TVector>(int steps)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector x = TWidth.Create(0.999f), y = TWidth.Create(0.001f);
        TVector c0 = y, c1 = y, c2 = y, c3 = y, c4 = y, c5 = y, c6 = y, c7 = y, c8 = y, c9 = y, ca = y, cb = y;
        for (; steps > 0; steps--)
        {
            c0 = TWidth.MultiplyAdd(c0, x, y);
            c1 = TWidth.MultiplyAdd(c1, x, y);
            c2 = TWidth.MultiplyAdd(c2, x, y);
            c3 = TWidth.MultiplyAdd(c3, x, y);
            c4 = TWidth.MultiplyAdd(c4, x, y);
            c5 = TWidth.MultiplyAdd(c5, x, y);
            c6 = TWidth.MultiplyAdd(c6, x, y);
            c7 = TWidth.MultiplyAdd(c7, x, y);
            c8 = TWidth.MultiplyAdd(c8, x, y);
            c9 = TWidth.MultiplyAdd(c9, x, y);
            ca = TWidth.MultiplyAdd(ca, x, y);
            cb = TWidth.MultiplyAdd(cb, x, y);
        }

        c0 = TWidth.Add(TWidth.Add(TWidth.Add(c0, c1), TWidth.Add(c2, c3)), TWidth.Add(TWidth.Add(c4, c5), TWidth.Add(c6, c7)));
        return TWidth.Sum(TWidth.Add(c0, TWidth.Add(TWidth.Add(c8, c9), TWidth.Add(ca, cb))));
    }

    // Rounds until the time is over; the best of them goes into the array.
    private readonly record struct Rounds(Workers Workers, int Milliseconds, double[] Best) : IWidthKernel
    {
        public void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            const int Steps = 100_000;
            const int PiecesPerThread = 8;
            var sums = new float[Workers.Count * PiecesPerThread];
            var flop = 2.0 * Steps * Chains * TWidth.Lanes * sums.Length;
            var end = Stopwatch.GetTimestamp() + (Stopwatch.Frequency * Milliseconds / 1000);
            do
            {
                var start = Stopwatch.GetTimestamp();
                Workers.For(sums.Length, i => sums[i] = Chain<TWidth, TVector>(Steps));
                Best[0] = Math.Max(Best[0], flop / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
            }
            while (Stopwatch.GetTimestamp() < end);
        }
    }
}
