using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// Two 16-bit values in each 32-bit lane of a register, and how they become singles: exactly, by integer operations and at most one
/// product, so that a matrix can stay narrow in memory and is widened on its way into the multiply-adds.
/// </summary>
internal interface IPairFormat
{
    /// <summary>The values in the lower halves of the lanes.</summary>
    static abstract TVector Low<TWidth, TVector>(TVector pairs)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged;

    /// <summary>The values in the upper halves of the lanes.</summary>
    static abstract TVector High<TWidth, TVector>(TVector pairs)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged;
}

/// <summary><see cref="WeightFormat.BF16"/>: a single's upper bits, so they only have to stand in the upper half.</summary>
internal readonly struct BrainPairs : IPairFormat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Low<TWidth, TVector>(TVector pairs)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.ShiftBitsLeft(pairs, 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector High<TWidth, TVector>(TVector pairs)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.MaskBits(pairs, 0xFFFF0000);
}

/// <summary>
/// <see cref="WeightFormat.F16"/>: with sign, exponent (5) and fraction (10) in the upper half, an arithmetic shift by 3 puts exponent and
/// fraction where a single has them; the mask clears the copies of the sign and what came from the lower half. The exponent is then 112 too
/// low, for subnormals too (which become subnormal singles), so one product with 2^112 is exact for every finite value.
/// </summary>
internal readonly struct HalfPairs : IPairFormat
{
    private const uint SignExponentFraction = 0x8FFFE000;

    // 2^112.
    private const float Rebias = 5.192296858534828e33f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Low<TWidth, TVector>(TVector pairs)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => High<TWidth, TVector>(TWidth.ShiftBitsLeft(pairs, 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector High<TWidth, TVector>(TVector pairs)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Multiply(TWidth.MaskBits(TWidth.ShiftBitsRight(pairs, 3), SignExponentFraction), TWidth.Create(Rebias));
}
