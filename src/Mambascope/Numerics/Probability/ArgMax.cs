using System.Numerics;

namespace Mambascope.Numerics;

/// <summary>Where the highest value stands.</summary>
internal static class ArgMax
{
    /// <summary>Its index, of equal ones the first; 0 where there is none.</summary>
    public static int Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }
}
