using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// <see cref="BlockFormat.Q4_K"/>, 144 bytes for 256 values as in the file. For either half of the columns four words of scales, the file's
/// first 16 bytes (two halves d and dmin, then eight scales and eight least values of six bits), then 32 words of eight numbers.
/// </summary>
internal readonly unsafe struct NibblePanels : IBlockPanels
{
    public static int Inputs => 256;

    public static int Registers => 2 * (4 + 32);

    public static int Group => 32;

    public static bool HasOffset => true;

    public static int NumbersInWord => 8;

    public static int NumbersAt => 2 * 4;

    /// <summary>d times the six-bit scale of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Scale<TWidth, TVector>(float* block, int group, int half)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Multiply(
            HalfPairs.Low<TWidth, TVector>(Word<TWidth, TVector>(block, 0, half)),
            SixBits<TWidth, TVector>(block, group, half, own: 1, shift: 0));

    /// <summary>dmin times the six-bit least value of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Offset<TWidth, TVector>(float* block, int group, int half)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Multiply(
            HalfPairs.High<TWidth, TVector>(Word<TWidth, TVector>(block, 0, half)),
            SixBits<TWidth, TVector>(block, group, half, own: 2, shift: 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Number<TWidth, TVector>(TVector word, int place)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.FromIntegers(TWidth.MaskBits(place == 0 ? word : TWidth.ShiftBitsRight(word, 4 * place), 15));

    // Where it stands, as a larger number; the topmost one place lower, so that it has no sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector RowNumber<TWidth, TVector>(TVector word, int place)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.FromIntegers(place == 7
            ? TWidth.MaskBits(TWidth.ShiftBitsRight(word, 4), 15u << 24)
            : TWidth.MaskBits(word, 15u << (4 * place)));

    public static float RowFactor(int place) => MathF.ScaleB(1, -4 * Math.Min(place, 6));

    // Of the first four groups the byte's lower six bits in word `own`; of the others four bits in word 3, at `shift`, and above them the
    // upper two of the byte in `own`. The parts are added as singles: they are small whole numbers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector SixBits<TWidth, TVector>(float* block, int group, int half, int own, int shift)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
    {
        var whole = Word<TWidth, TVector>(block, own, half);
        if (group < 4)
        {
            return TWidth.FromIntegers(TWidth.MaskBits(TWidth.ShiftBitsRight(whole, 8 * group), 63));
        }

        var at = 8 * (group - 4);
        var low = TWidth.MaskBits(TWidth.ShiftBitsRight(Word<TWidth, TVector>(block, 3, half), at + shift), 15);
        return TWidth.Add(TWidth.FromIntegers(low), TWidth.FromIntegers(TWidth.MaskBits(TWidth.ShiftBitsRight(whole, at + 2), 0x30)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Word<TWidth, TVector>(float* block, int word, int half)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Load(ref *block, (nuint)(((2 * word) + half) * TWidth.Lanes));
}
