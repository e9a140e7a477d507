namespace Mambascope.Numerics;

/// <summary>
/// Large arrays that are left behind while weights are read, drawn or packed: the runtime looks for such memory seldom, because there is
/// seldom much of it, and would let as much pile up as the model itself takes.
/// </summary>
internal static class PassingMemory
{
    // A collection takes some milliseconds.
    private const long Most = 16L << 20;

    private static long left;

    /// <summary>Says that arrays of so many bytes have served.</summary>
    public static void Leave(long bytes)
    {
        if (Interlocked.Add(ref left, bytes) >= Most)
        {
            Interlocked.Exchange(ref left, 0);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        }
    }
}
