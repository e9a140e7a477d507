using System.Buffers;

namespace Mambascope.Numerics;

/// <summary>
/// Working memory of one piece of a scan: a rented array, used from its first 64-byte boundary on, so that no vector straddles two
/// cache lines. Contents undefined.
/// </summary>
internal static unsafe class ScanScratch
{
    private const int Boundary = 64;

    /// <summary>A kernel on scratch memory.</summary>
    public delegate void Body(float* memory);

    /// <summary>Runs <paramref name="body"/> with <paramref name="count"/> floats of scratch.</summary>
    public static void Use(int count, Body body)
    {
        var rented = ArrayPool<float>.Shared.Rent(count + (Boundary / sizeof(float)));
        try
        {
            fixed (float* start = rented)
            {
                body((float*)(((nuint)start + Boundary - 1) / Boundary * Boundary));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}
