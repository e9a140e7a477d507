using System.Diagnostics;

namespace Mambascope.Numerics;

/// <summary>The rate at which this machine reads memory now, on every thread: what bounds a product with a single row.</summary>
internal static class MemoryBandwidth
{
    // Far beyond any cache, and small enough for a small machine.
    private const int Floats = 32 << 20;

    // 256 KiB: long enough that handing out pieces costs nothing.
    private const int PieceFloats = 64 << 10;

    /// <summary>Billions of bytes read per second by all threads together: the best of some rounds.</summary>
    /// <param name="workers">Threads to load.</param>
    /// <param name="milliseconds">How long to measure, roughly.</param>
    public static double Measure(Workers workers, int milliseconds = 200)
    {
        ArgumentNullException.ThrowIfNull(workers);
        var values = new float[Floats];
        Array.Fill(values, 1f);
        var sums = new float[Floats / PieceFloats];
        var best = 0.0;
        var end = Stopwatch.GetTimestamp() + (Stopwatch.Frequency * milliseconds / 1000);
        do
        {
            var start = Stopwatch.GetTimestamp();
            workers.For(sums.Length, i =>
                sums[i] = System.Numerics.Tensors.TensorPrimitives.Sum(values.AsSpan(i * PieceFloats, PieceFloats)));
            best = Math.Max(best, sizeof(float) * (double)Floats / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }
        while (Stopwatch.GetTimestamp() < end);

        return best;
    }
}
