using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Mambascope.Numerics;

/// <summary>The rate at which this machine reads memory now, on every thread: what bounds a product with a single row.</summary>
internal static class MemoryBandwidth
{
    // Far beyond any cache, and small enough for a small machine.
    private const int Floats = 32 << 20;

    // 256 KiB: long enough that handing out pieces costs nothing.
    private const int PieceFloats = 64 << 10;

    private const int Chains = 4;

    // Bytes ahead that are asked for, as in HalfPanels: farther than the hardware looks over the end of a page.
    private const int Ahead = 2048;

    /// <summary>Billions of bytes read per second by all threads together: the best of some rounds.</summary>
    /// <param name="workers">Threads to load.</param>
    /// <param name="milliseconds">How long to measure, roughly.</param>
    public static double Measure(Workers workers, int milliseconds = 200)
    {
        ArgumentNullException.ThrowIfNull(workers);
        var best = new double[1];
        WidestRegisters.Run(new Rounds(workers, milliseconds, best));
        return best[0];
    }

    // Compiled for speed at once: a first, slow version would be what is measured.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe float Sum<TWidth, TVector>(float* from, int count)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector a = TWidth.Zero, b = a, c = a, d = a;
        var lanes = (nuint)TWidth.Lanes;
        for (var end = from + count; from < end; from += Chains * TWidth.Lanes)
        {
            if (Sse.IsSupported)
            {
                for (var line = 0; line < Chains * TWidth.Lanes; line += 16)
                {
                    Sse.Prefetch0((byte*)(from + line) + Ahead);
                }
            }

            a = TWidth.Add(a, TWidth.Load(ref *from, 0));
            b = TWidth.Add(b, TWidth.Load(ref *from, lanes));
            c = TWidth.Add(c, TWidth.Load(ref *from, 2 * lanes));
            d = TWidth.Add(d, TWidth.Load(ref *from, 3 * lanes));
        }

        return TWidth.Sum(TWidth.Add(TWidth.Add(a, b), TWidth.Add(c, d)));
    }

    // Rounds until the time is over; the best of them goes into the array.
    private readonly record struct Rounds(Workers Workers, int Milliseconds, double[] Best) : IWidthKernel
    {
        public unsafe void Run<TWidth, TVector>()
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : unmanaged
        {
            var values = GC.AllocateUninitializedArray<float>(Floats, pinned: true);
            values.AsSpan().Fill(1);
            var sums = new float[Floats / PieceFloats];
            var end = Stopwatch.GetTimestamp() + (Stopwatch.Frequency * Milliseconds / 1000);
            do
            {
                var start = Stopwatch.GetTimestamp();
                Workers.For(sums.Length, i =>
                {
                    fixed (float* piece = &values[i * PieceFloats])
                    {
                        sums[i] = Sum<TWidth, TVector>(piece, PieceFloats);
                    }
                });
                Best[0] = Math.Max(Best[0], sizeof(float) * (double)Floats / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
            }
            while (Stopwatch.GetTimestamp() < end);
        }
    }
}
