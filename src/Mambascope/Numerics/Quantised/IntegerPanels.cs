using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>
/// Any <see cref="BlockFormat"/>, with its numbers as signed bytes and its scales and offsets as singles, so 9 to 12 bits a value: for the
/// formats that have no layout of their own. For either half of the columns scales, offsets, then eight words of four numbers.
/// </summary>
/// <typeparam name="TShape">How many inputs share a scale, and whether there are offsets.</typeparam>
internal readonly unsafe struct IntegerPanels<TShape> : IBlockPanels
    where TShape : struct, IGroupShape
{
    public static int Inputs => 32;

    public static int Registers
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => NumbersAt + (2 * 8);
    }

    public static int Group => TShape.Group;

    public static bool HasOffset => TShape.HasOffset;

    public static int NumbersInWord => 4;

    public static int NumbersAt
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * (Inputs / Group) * (HasOffset ? 2 : 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Scale<TWidth, TVector>(float* block, int group, int half)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Load(ref *block, (nuint)(((2 * group) + half) * TWidth.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Offset<TWidth, TVector>(float* block, int group, int half)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => TWidth.Load(ref *block, (nuint)(((2 * ((Inputs / Group) + group)) + half) * TWidth.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Number<TWidth, TVector>(TVector word, int place)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => BytePanels.Number<TWidth, TVector>(word, place);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector RowNumber<TWidth, TVector>(TVector word, int place)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : unmanaged
        => BytePanels.RowNumber<TWidth, TVector>(word, place);

    public static float RowFactor(int place) => BytePanels.RowFactor(place);
}

/// <summary>The two questions in which formats differ, as a type.</summary>
internal interface IGroupShape
{
    static abstract int Group { get; }

    static abstract bool HasOffset { get; }
}

internal readonly struct By32 : IGroupShape
{
    public static int Group => 32;

    public static bool HasOffset => false;
}

internal readonly struct By32WithOffset : IGroupShape
{
    public static int Group => 32;

    public static bool HasOffset => true;
}

internal readonly struct By16 : IGroupShape
{
    public static int Group => 16;

    public static bool HasOffset => false;
}

internal readonly struct By16WithOffset : IGroupShape
{
    public static int Group => 16;

    public static bool HasOffset => true;
}
