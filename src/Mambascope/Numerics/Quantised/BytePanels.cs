using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// <see cref="BlockFormat.Q8_0"/>, 34 bytes for 32 values as in the file: one register of scales, halves in pairs (column i in the lower,
/// column lanes + i in the upper bits of lane i), then eight words of four signed bytes for either half of the columns.
/// </summary>
internal readonly unsafe struct BytePanels : IBlockPanels
{
    public static int Inputs => 32;

    public static int Registers => 1 + (2 * 8);

    public static int Group => 32;

    public static bool HasOffset => false;

    public static int NumbersInWord => 4;

    public static int NumbersAt => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Scale<TWidth, TVector>(float* block, int group, int half)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var pairs = TWidth.Load(ref *block, 0);
        return half == 0 ? HalfPairs.Low<TWidth, TVector>(pairs) : HalfPairs.High<TWidth, TVector>(pairs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Offset<TWidth, TVector>(float* block, int group, int half)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Zero;

    // Up, so that the byte's sign is the lane's, and down again with copies of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Number<TWidth, TVector>(TVector word, int place)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.FromIntegers(TWidth.ShiftBitsRight(place == 3 ? word : TWidth.ShiftBitsLeft(word, 24 - (8 * place)), 24));

    // In the topmost byte, with zeros below.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector RowNumber<TWidth, TVector>(TVector word, int place)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var above = place == 3 ? word : TWidth.ShiftBitsLeft(word, 24 - (8 * place));
        return TWidth.FromIntegers(place == 0 ? above : TWidth.MaskBits(above, 0xFF000000));
    }

    public static float RowFactor(int place) => 1f / (1 << 24);
}
