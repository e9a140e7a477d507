namespace Mambascope.Numerics;

/// <summary>Arrays whose used part begins on a cache line: a 512-bit load that crosses one costs two.</summary>
internal static class AlignedFloats
{
    private const int Alignment = 64;

    /// <summary>
    /// An array on the pinned heap with room for <paramref name="count"/> floats from the returned offset on; contents undefined.
    /// </summary>
    public static (float[] Values, int Offset) Allocate(int count) => Allocate<float>(count);

    /// <summary>The same for values of another type.</summary>
    public static unsafe (T[] Values, int Offset) Allocate<T>(int count)
        where T : unmanaged
    {
        var values = HugePages.Allocate<T>(count + (Alignment / sizeof(T)));
        fixed (T* first = values)
        {
            var misaligned = (int)((nuint)first % Alignment);
            return (values, misaligned == 0 ? 0 : (Alignment - misaligned) / sizeof(T));
        }
    }
}
