using System.Runtime.CompilerServices;
using Mambascope.Numerics;

namespace Mambascope.Attention;

/// <summary>How an entry of one channel's matrix joins the total over channels: sign rule and reduction in one, for registers.</summary>
/// <typeparam name="TWidth">Vector width.</typeparam>
/// <typeparam name="TVector">Its register.</typeparam>
internal interface IEntryFold<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>Total before the first channel.</summary>
    static abstract float Start { get; }

    static abstract TVector Join(TVector total, TVector value);
}

/// <summary>Sum over channels, for means.</summary>
internal readonly struct SumFold<TWidth, TVector, TSign> : IEntryFold<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
    where TSign : struct, ISign<TWidth, TVector>
{
    public static float Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Join(TVector total, TVector value) => TWidth.Add(total, TSign.Apply(value));
}

/// <summary>Largest over channels.</summary>
internal readonly struct MaxFold<TWidth, TVector, TSign> : IEntryFold<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
    where TSign : struct, ISign<TWidth, TVector>
{
    public static float Start => float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Join(TVector total, TVector value) => TWidth.Max(total, TSign.Apply(value));
}

/// <summary>Smallest over channels.</summary>
internal readonly struct MinFold<TWidth, TVector, TSign> : IEntryFold<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
    where TSign : struct, ISign<TWidth, TVector>
{
    public static float Start => float.PositiveInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Join(TVector total, TVector value) => TWidth.Min(total, TSign.Apply(value));
}

/// <summary>No total at all: the value itself, for rows that are worked on further.</summary>
internal readonly struct Overwrite<TWidth, TVector> : IEntryFold<TWidth, TVector>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : unmanaged
{
    public static float Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Join(TVector total, TVector value) => value;
}
