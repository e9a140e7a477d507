using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>Values in double precision, exactly.</summary>
internal static class InDouble
{
    /// <summary>
    /// The value as a double. The general conversion is a call of a method that no package can hold compiled, which tells in a loop over
    /// all tokens and channels that runs once; this is an instruction.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Of<T>(T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => typeof(T) == typeof(float) ? (float)(object)value
            : typeof(T) == typeof(double) ? (double)(object)value
            : double.CreateTruncating(value);
}
