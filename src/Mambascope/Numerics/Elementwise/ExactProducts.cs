using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mambascope.Numerics;

/// <summary>
/// sums[e] += a[e] b[e] in double. The product of two floats has 48 bits and fits a double, so nothing is rounded but the sum, and any
/// width gives the same bits.
/// </summary>
internal static class ExactProducts
{
    /// <summary>Adds the products of two rows to sums, one a channel.</summary>
    public static void Add<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            AddSingles(MemoryMarshal.Cast<T, float>(a), MemoryMarshal.Cast<T, float>(b), sums);
            return;
        }

        for (var e = 0; e < sums.Length; e++)
        {
            sums[e] += InDouble.Of(a[e]) * InDouble.Of(b[e]);
        }
    }

    // Lanes are channels; a register of floats becomes two of doubles.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddSingles(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<double> sums)
    {
        var e = 0;
        for (; e + Vector<float>.Count <= sums.Length; e += Vector<float>.Count)
        {
            var (x, y) = (new Vector<float>(a[e..]), new Vector<float>(b[e..]));
            var low = sums[e..];
            var high = low[Vector<double>.Count..];
            (new Vector<double>(low) + (Vector.WidenLower(x) * Vector.WidenLower(y))).CopyTo(low);
            (new Vector<double>(high) + (Vector.WidenUpper(x) * Vector.WidenUpper(y))).CopyTo(high);
        }

        for (; e < sums.Length; e++)
        {
            sums[e] += (double)a[e] * b[e];
        }
    }
}
