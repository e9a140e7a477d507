using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mambascope.Numerics;

/// <summary>
/// The most multiply-adds that this machine does now: chains of FMA that touch registers only, on every thread. Every time that is
/// reported stands beside it, so that a share of the peak means the same on every machine.
/// </summary>
public static class FmaPeak
{
    private const int Chains = 12;

    /// <summary>Billions of floating-point operations per second (one multiply-add is two) of all threads together: the best of some rounds.</summary>
    /// <param name="workers">Threads to load.</param>
    /// <param name="milliseconds">How long to measure, roughly.</param>
    public static double Measure(Workers workers, int milliseconds = 200)
    {
        ArgumentNullException.ThrowIfNull(workers);
        if (Vector512.IsHardwareAccelerated)
        {
            return Measure<Width512, Vector512<float>>(workers, milliseconds);
        }

        if (Vector256.IsHardwareAccelerated)
        {
            return Measure<Width256, Vector256<float>>(workers, milliseconds);
        }

        return Vector128.IsHardwareAccelerated
            ? Measure<Width128, Vector128<float>>(workers, milliseconds)
            : Measure<Width1, float>(workers, milliseconds);
    }

    private static double Measure<TWidth, TVector>(Workers workers, int milliseconds)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        const int Steps = 100_000;
        const int PiecesPerThread = 8;
        var pieces = workers.Count * PiecesPerThread;
        var sums = new float[pieces];
        double flop = 2.0 * Steps * Chains * TWidth.Lanes * pieces, best = 0;
        var end = Stopwatch.GetTimestamp() + (Stopwatch.Frequency * milliseconds / 1000);
        do
        {
            var start = Stopwatch.GetTimestamp();
            workers.For(pieces, i => sums[i] = Chain<TWidth, TVector>(Steps));
            best = Math.Max(best, flop / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }
        while (Stopwatch.GetTimestamp() < end);

        return best;
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
}
